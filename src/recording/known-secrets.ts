/**
 * The secrets that were found: their tokens, and where else they stand. A secret that is told twice is
 * told in an error message, in the answer to a query, in the other spelling of base64.
 */
import { numberToken, textToken, type TokenForm, tokensIn } from './redaction-token.js';
import { compileTextSearch } from './text-search.js';

/** What is shorter than this is a word like any other: replaced where a rule says so, and nowhere else. */
const shortest = 6;

/** Secrets remembered beyond this push out the oldest: each costs a search of every message. */
const maximumRemembered = 1000;

/** Texts that have a token; beyond this the oldest get a new one if they come again. */
const maximumNumbered = 100_000;

interface Remembered {
  readonly token: string;
  readonly isIn: (bytes: Uint8Array) => boolean;
  /** In JSON it has escapes, so a search of the bytes may miss it. */
  readonly escaped: boolean;
}

export class KnownSecrets {
  readonly #numbers = new Map<string, number>();
  /** The longest first, so that a part of one is not taken for another. */
  #remembered = new Map<string, Remembered>();
  #next = 1;
  #anyEscaped = false;

  /** The token of a secret that is a string. `remember`: look for it elsewhere as well. */
  token(secret: string, form: TokenForm, remember: boolean): string {
    const token = textToken(this.#number(secret), form);
    if (remember) {
      this.#remember(secret, token);
      const meaning = form === 'base64' ? decoded(secret) : undefined;
      if (meaning !== undefined) this.#remember(meaning, textToken(this.#number(secret), 'text'));
    }
    return token;
  }

  /** The token of a secret that is a number. */
  number(secret: string): string {
    return numberToken(this.#number(secret));
  }

  /** Whether a text is nothing but a token; also keeps the numbers of new tokens apart from those met. */
  isToken(text: string): boolean {
    const [number] = tokensIn(text);
    if (number === undefined) return false;
    this.#next = Math.max(this.#next, number + 1);
    return text === textToken(number, 'text') || text === textToken(number, 'base64');
  }

  /** Cheap, and may be wrong in one way: it may say yes. */
  mayBeIn(bytes: Uint8Array): boolean {
    if (this.#anyEscaped) return true;
    for (const { isIn } of this.#remembered.values()) if (isIn(bytes)) return true;
    return false;
  }

  /** Replaces the secrets in a text. */
  replaceIn(text: string): { readonly text: string; readonly count: number } {
    let out = text;
    let count = 0;
    for (const [secret, { token }] of this.#remembered) {
      if (!out.includes(secret)) continue;
      const pieces = out.split(secret);
      count += pieces.length - 1;
      out = pieces.join(token);
    }
    return { text: out, count };
  }

  /** The secrets themselves, for bytes that are no JSON. */
  secrets(): Iterable<string> {
    return this.#remembered.keys();
  }

  #number(secret: string): number {
    const known = this.#numbers.get(secret);
    if (known !== undefined) return known;
    if (this.#numbers.size >= maximumNumbered) this.#numbers.delete(first(this.#numbers) ?? '');
    this.#numbers.set(secret, this.#next);
    return this.#next++;
  }

  #remember(secret: string, token: string): void {
    const text = secret.trim();
    // A token must not be taken for a secret.
    if (text.length < shortest || '[redacted:'.includes(text) || this.#remembered.has(text)) return;
    const escaped = /[^ !#-[\]-~]/.test(text);
    this.#anyEscaped ||= escaped;
    if (this.#remembered.size >= maximumRemembered) this.#remembered.delete(first(this.#remembered) ?? '');
    const entries = [...this.#remembered, [text, { token, isIn: compileTextSearch(text), escaped }] as const];
    this.#remembered = new Map(entries.sort(([a], [b]) => b.length - a.length));
  }
}

function first<K>(map: ReadonlyMap<K, unknown>): K | undefined {
  const [key] = map.keys();
  return key;
}

/** What base64 spells, if it is text. */
function decoded(base64: string): string | undefined {
  try {
    const bytes = Uint8Array.from(atob(base64), (unit) => unit.charCodeAt(0));
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}
