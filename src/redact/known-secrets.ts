/**
 * The secrets that were found: their tokens, and where else they stand. A secret that is told twice is
 * told in an error message, in the answer to a query, in the other spelling of base64.
 */
import { occurrences } from '../text/occurrences.js';
import { OldestOut } from '../text/bounded-map.js';
import { numberToken, textToken, type TokenForm, tokensIn } from './redaction-token.js';

/** What is shorter than this is a word like any other: replaced where a rule says so, and nowhere else. */
const shortest = 6;

/** Secrets remembered beyond this push out the oldest: each costs a search of every text that may hold one. */
const maximumRemembered = 1000;

/** Texts that have a token; beyond this the oldest get a new one if they come again. */
const maximumNumbered = 100_000;

/** UTF-16 units of either: a file that is written into a guest is a secret of many megabytes. */
const maximumUnits = 16 << 20;

export class KnownSecrets {
  readonly #numbers = new OldestOut<number>(maximumNumbered, maximumUnits);
  /** With their tokens. */
  readonly #remembered = new OldestOut<string>(maximumRemembered, maximumUnits);
  /** The longest first, so that a part of one is not taken for another. */
  #sorted: readonly (readonly [secret: string, token: string])[] = [];
  /** The hashes with which secrets begin; and by `fingerprint`, which is quicker, whether one may be among them. */
  readonly #beginnings = new Set<number>();
  readonly #maybe = new Uint8Array(fingerprints);
  #next = 1;
  /** In JSON one of them has escapes, so a search of the bytes may miss it. */
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

  /** Takes one pass, however many there are, and may be wrong in one way: it may say yes. */
  mayBeIn(bytes: Uint8Array): boolean {
    if (this.#anyEscaped) return true;
    if (this.#sorted.length === 0) return false;
    let hash = 0;
    for (let at = 0; at < bytes.length; at++) {
      hash = next(hash, bytes[at] ?? 0, at < shortest ? 0 : (bytes[at - shortest] ?? 0));
      if (this.#maybe[fingerprint(hash)] === 1 && this.#beginnings.has(hash)) return true;
    }
    return false;
  }

  /** Replaces the secrets in a text. */
  replaceIn(text: string): { readonly text: string; readonly count: number } {
    let out = text;
    let count = 0;
    for (const [secret, token] of this.#sorted) {
      const places = occurrences(out, secret);
      if (places.length === 0) continue;
      count += places.length;
      const pieces = places.map((place, at) =>
        out.slice(at === 0 ? 0 : (places[at - 1] ?? 0) + secret.length, place),
      );
      out = [...pieces, out.slice((places.at(-1) ?? 0) + secret.length)].join(token);
    }
    return { text: out, count };
  }

  /** The secrets themselves, for bytes that are no JSON. */
  secrets(): Iterable<string> {
    return this.#sorted.map(([secret]) => secret);
  }

  #number(secret: string): number {
    const known = this.#numbers.get(secret);
    if (known !== undefined) return known;
    this.#numbers.add(secret, this.#next);
    return this.#next++;
  }

  #remember(secret: string, token: string): void {
    const text = secret.trim();
    // A token must not be taken for a secret.
    if (text.length < shortest || '[redacted:'.includes(text) || this.#remembered.has(text)) return;
    this.#anyEscaped ||= /[^ !#-[\]-~]/.test(text);
    this.#remembered.add(text, token);
    this.#sorted = Array.from(this.#remembered.entries()).sort(([a], [b]) => b.length - a.length);
    this.#beginnings.clear();
    this.#maybe.fill(0);
    for (const [known] of this.#sorted) {
      let hash = 0;
      for (let at = 0; at < shortest; at++) hash = next(hash, known.charCodeAt(at), 0);
      this.#beginnings.add(hash);
      this.#maybe[fingerprint(hash)] = 1;
    }
  }
}

/** A hash of the last `shortest` bytes, from that of those one byte before (Rabin, Karp). */
function next(hash: number, comes: number, goes: number): number {
  return (Math.imul(hash - Math.imul(goes, oldestFactor), factor) + comes) | 0;
}

const factor = 0x01000193;
const oldestFactor = Array.from({ length: shortest - 1 }).reduce<number>(
  (power) => Math.imul(power, factor),
  1,
);

const fingerprints = 1 << 16;

function fingerprint(hash: number): number {
  return Math.imul(hash, 0x9e3779b1) >>> 16;
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
