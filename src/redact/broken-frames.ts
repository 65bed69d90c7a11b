/**
 * Secrets in frames that do not parse: cut off, garbled, or typed by hand. Where in them the secret is cannot be
 * told, so everything after the first word that names one is masked, except punctuation and white space.
 */
import { compileTextSearch } from '../text/text-search.js';
import { hmpCommands } from './find/hmp.js';
import type { KnownSecrets } from './known/known-secrets.js';
import { redactionRules } from './redaction-rules.js';
import { secretWords } from './find/secret-names.js';
import { escapeMark, foldEscapes } from './known/spelling.js';

/** Commands that carry secrets, and the members that only they have. */
const words = [
  ...new Set([
    ...redactionRules.map(({ of }) => of.replace(/-?\*.*$/, '')),
    ...redactionRules.map(({ path }) => /[^.[]*-[^.[]*$/.exec(path)?.[0] ?? ''),
    ...hmpCommands,
    ...secretWords,
    'human-monitor-command',
  ]),
].filter((word) => word.length > 2 && word !== 'change');

/** `{}[]:,"'` and white space. */
const skeleton: ReadonlySet<number> = new Set(new TextEncoder().encode('{}[]:,"\' \t\r\n'));

const x = 0x78;

export class BrokenFrames {
  readonly #known: KnownSecrets;
  readonly #tests = [...words, escapeMark].map(compileTextSearch);

  constructor(known: KnownSecrets) {
    this.#known = known;
  }

  /** The bytes with every possible secret masked, of the same length; undefined if there is none. */
  mask(raw: Uint8Array): Uint8Array | undefined {
    const from = this.#tests.some((isIn) => isIn(raw)) ? afterFirstWord(raw) : raw.length;
    const places = this.#known.find(raw);
    if (from === raw.length && places.length === 0) return undefined;
    const masked = raw.slice();
    masked.set(blank(raw.subarray(from)), from);
    for (const { start, end } of places) masked.set(blank(raw.subarray(start, end)), start);
    return masked.some((byte, at) => byte !== raw[at]) ? masked : undefined;
  }
}

/** Replaces every byte but punctuation and white space with `x`. */
export function blank(bytes: Uint8Array): Uint8Array {
  return bytes.map((byte) => (skeleton.has(byte) ? byte : x));
}

/** Where the first naming word ends; the bytes' end if there is none. */
function afterFirstWord(raw: Uint8Array): number {
  const folded = foldEscapes(latin1(raw));
  const lower = folded.text.toLowerCase();
  const places = words.flatMap((word) => {
    const at = lower.indexOf(word);
    return at < 0 ? [] : [folded.place(at + word.length)];
  });
  return Math.min(...places, raw.length);
}

/** A character for each byte. */
export function latin1(bytes: Uint8Array): string {
  let text = '';
  for (let at = 0; at < bytes.length; at += 8192)
    text += String.fromCharCode(...bytes.subarray(at, at + 8192));
  return text;
}
