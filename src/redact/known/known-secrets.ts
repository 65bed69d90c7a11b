/**
 * The secrets that were found: their tokens, and where else they stand. A secret that is sent twice stands in an
 * error message, in the answer to a query, in base64, in another spelling.
 */
import { BoundedMap } from '../../text/bounded-map.js';
import { hiddenSecret, numberToken, textToken, type TokenForm, tokensIn } from '../redaction-token.js';
import { type Occurrence, SecretTrie } from './secret-trie.js';

/** Secrets looked for; beyond this the oldest is forgotten. */
const maximumRemembered = 10_000;

/** Texts that have a token; beyond this the oldest get a new one if they come again. */
const maximumNumbered = 100_000;

/** UTF-16 units of either: a file that is written into a guest is a secret of many megabytes. */
const maximumUnits = 16 << 20;

/** Stands where looking for secrets would have cost too much. */
const unknownToken = textToken(0, 'text');

export class KnownSecrets {
  readonly #numbers = new BoundedMap<number>(maximumNumbered, maximumUnits);
  readonly #remembered: BoundedMap<true>;
  readonly #trie = new SecretTrie();
  #next = 1;

  /** `most`: secrets looked for. */
  constructor(most = maximumRemembered) {
    this.#remembered = new BoundedMap(most, maximumUnits, (secret) => {
      this.#trie.remove(secret);
    });
  }

  /** Bytes looked at so far. */
  get steps(): number {
    return this.#trie.steps;
  }

  /** The token of a secret that is a string. `remember`: look for it elsewhere as well. */
  token(secret: string, form: TokenForm, remember: boolean): string {
    const number = this.#number(secret);
    if (remember) {
      const plain = form === 'base64' ? decoded(secret) : secret;
      const coded = form === 'base64' ? secret : encoded(secret);
      if (plain !== undefined) this.remember(plain, textToken(number, 'text'));
      if (coded !== undefined) this.remember(coded, textToken(number, 'base64'));
    }
    return textToken(number, form);
  }

  /** The token of a secret that is a number. `remember`: look for its digits in texts as well. */
  number(secret: string, remember: boolean): string {
    const number = this.#number(secret);
    if (remember) this.remember(secret, textToken(number, 'text'));
    return numberToken(number);
  }

  /** Looks for a text from now on, and puts this in its place. */
  remember(secret: string, token: string): void {
    const text = secret.trim();
    // A token must not be taken for a secret.
    if (`[redacted:${hiddenSecret}`.includes(text) || this.#remembered.has(text)) return;
    if (this.#trie.add(text, token)) this.#remembered.add(text, true);
  }

  /** Whether a text is nothing but a token; also keeps the numbers of new tokens apart from those met. */
  isToken(text: string): boolean {
    if (text === hiddenSecret) return true;
    const [number] = tokensIn(text);
    if (number === undefined) return false;
    this.#next = Math.max(this.#next, number + 1);
    return text === textToken(number, 'text') || text === textToken(number, 'base64');
  }

  /** Whether one may be in these bytes; takes one pass. */
  mayBeIn(bytes: Uint8Array): boolean {
    return this.#trie.isIn(bytes);
  }

  /** Where the secrets are in these bytes, and the tokens for them. */
  find(bytes: Uint8Array): (Occurrence & { readonly token: string })[] {
    return this.#trie.find(bytes).map((one) => ({ ...one, token: one.token ?? unknownToken }));
  }

  /** Replaces the secrets in a text. */
  replaceIn(text: string): { readonly text: string; readonly count: number } {
    const bytes = encoder.encode(text);
    const places = this.find(bytes);
    if (places.length === 0) return { text, count: 0 };
    let out = '';
    let at = 0;
    for (const { start, end, token } of places) {
      out += decoder.decode(bytes.subarray(at, start)) + token;
      at = end;
    }
    return { text: out + decoder.decode(bytes.subarray(at)), count: places.length };
  }

  #number(secret: string): number {
    const known = this.#numbers.get(secret);
    if (known !== undefined) return known;
    this.#numbers.add(secret, this.#next);
    return this.#next++;
  }
}

const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

/** What base64 spells, if it is text. */
function decoded(base64: string): string | undefined {
  try {
    const bytes = Uint8Array.from(atob(base64), (unit) => unit.charCodeAt(0));
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

/** A longer text is not a password, and its base64 would not be found whole. */
const maximumEncoded = 1024;

function encoded(text: string): string | undefined {
  if (text.length > maximumEncoded) return undefined;
  return btoa(String.fromCharCode(...encoder.encode(text)));
}
