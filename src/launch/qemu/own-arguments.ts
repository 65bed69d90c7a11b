/**
 * This process' arguments as bytes. Node decodes them as UTF-8, which loses what is not UTF-8, for example a file name
 * in another encoding.
 */
import { readFileSync } from 'node:fs';

/** The last of our arguments, as many as there are in `words`, which are the same as Node has them. */
export function lastArguments(words: readonly string[]): Uint8Array[] {
  const decoded = words.map((word) => Buffer.from(word));
  if (!words.some((word) => word.includes('\ufffd'))) return decoded;
  try {
    const own = readFileSync('/proc/self/cmdline').toString('latin1').split('\0').slice(0, -1);
    const last = own.slice(-words.length).map((word) => Buffer.from(word, 'latin1'));
    return last.every((word, at) => word.toString() === words[at]) ? last : decoded;
  } catch {
    return decoded; // there is no /proc
  }
}

/** The words in bytes; unchanged ones exactly as they came. */
export function withOriginals(
  words: readonly string[],
  before: readonly string[],
  originals: readonly Uint8Array[],
): Uint8Array[] {
  return words.map((word, at) => (word === before[at] ? originals[at] : undefined) ?? Buffer.from(word));
}
