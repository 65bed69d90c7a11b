/**
 * Secrets in what is no JSON: cut off, garbled, or typed by a person. Nobody can say where in it the secret
 * is, so from the first word on that names one, everything but the skeleton goes.
 */
import type { KnownSecrets } from './known-secrets.js';
import { occurrences } from '../text/occurrences.js';
import { redactionRules } from './redaction-rules.js';
import { compileTextSearch } from '../text/text-search.js';

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
    const text = latin1(masked);
    for (const secret of this.#known.secrets()) {
      const spelled = latin1(new TextEncoder().encode(secret));
      for (const at of occurrences(text, spelled)) masked.fill(x, at, at + spelled.length);
    }
    return masked.some((byte, at) => byte !== raw[at]) ? masked : undefined;
  }
}

/** The skeleton of these bytes, and `x` for every other one. */
export function blank(bytes: Uint8Array): Uint8Array {
  return bytes.map((byte) => (skeleton.has(byte) ? byte : x));
}

/** Where the first naming word ends. */
function afterFirstWord(raw: Uint8Array): number {
  const lower = latin1(raw).toLowerCase();
  const places = words.flatMap((word) => {
    const at = lower.indexOf(word);
    return at < 0 ? [] : [at + word.length];
  });
  return Math.min(...places, raw.length);
}

/** A character for each byte. */
function latin1(bytes: Uint8Array): string {
  let text = '';
  for (let at = 0; at < bytes.length; at += 8192)
    text += String.fromCharCode(...bytes.subarray(at, at + 8192));
  return text;
}
