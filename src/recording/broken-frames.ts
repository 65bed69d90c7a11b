/**
 * Secrets in what is no JSON: cut off, garbled, or typed by a person. Nobody can say where in it the secret
 * is, so from the first word on that names one, everything but the skeleton goes.
 */
import type { KnownSecrets } from './known-secrets.js';
import { redactionRules } from './redaction-rules.js';
import { compileTextSearch } from './text-search.js';

/** Commands that carry secrets, and the members. */
const words = [
  ...new Set([
    ...redactionRules.map(({ of }) => of.replace(/-?\*.*$/, '')),
    'human-monitor-command',
    'object_add',
    'ringbuf_',
    'sendkey',
    'passw',
    'passphrase',
    'cookie',
    'input-data',
    'out-data',
    'err-data',
    'buf-b64',
  ]),
].filter((word) => word.length > 3 && word !== 'change');

/** `{}[]:,"'` and white space. */
const skeleton: ReadonlySet<number> = new Set(new TextEncoder().encode('{}[]:,"\' \t\r\n'));

const x = 0x78;

export class BrokenFrames {
  readonly #known: KnownSecrets;
  readonly #tests = words.map((word) => ({ length: word.length, isIn: compileTextSearch(word) }));

  constructor(known: KnownSecrets) {
    this.#known = known;
  }

  /** The bytes without what may be a secret, as many as before; undefined if nothing has to go. */
  mask(raw: Uint8Array): Uint8Array | undefined {
    const named = this.#tests.some(({ isIn }) => isIn(raw));
    if (!named && !this.#known.mayBeIn(raw)) return undefined;
    const masked = raw.slice();
    if (named) {
      const from = afterFirstWord(raw);
      masked.set(blank(raw.subarray(from)), from);
    }
    for (const secret of this.#known.secrets()) blot(masked, new TextEncoder().encode(secret));
    return masked.some((byte, at) => byte !== raw[at]) ? masked : undefined;
  }
}

/** The skeleton of these bytes, and `x` for every other one. */
export function blank(bytes: Uint8Array): Uint8Array {
  return bytes.map((byte) => (skeleton.has(byte) ? byte : x));
}

/** Where the first naming word ends. */
function afterFirstWord(raw: Uint8Array): number {
  let text = '';
  for (let at = 0; at < raw.length; at += 8192) text += String.fromCharCode(...raw.subarray(at, at + 8192));
  const lower = text.toLowerCase();
  const places = words.flatMap((word) => {
    const at = lower.indexOf(word);
    return at < 0 ? [] : [at + word.length];
  });
  return Math.min(...places, raw.length);
}

/** Puts `x` over every place where the bytes stand. */
function blot(bytes: Uint8Array, needle: Uint8Array): void {
  const [head] = needle;
  if (head === undefined) return;
  for (let at = bytes.indexOf(head); at >= 0; at = bytes.indexOf(head, at + 1)) {
    if (needle.every((byte, place) => bytes[at + place] === byte)) bytes.fill(x, at, at + needle.length);
  }
}
