/**
 * Ids: any JSON value, compared as values (QEMU prints an id back in its own spelling and member order).
 */
import { canonicalJson } from '../json/canonical.js';
import { parseJson } from '../json/parse.js';
import { printJson } from '../json/print.js';

const decoder = new TextDecoder();

/** Longer ids are compared and shown by their beginning: a peer may send megabytes. */
const maximumIdBytes = 4096;

/** A string without escapes is its own canonical form, as nearly every id is. Measured: saves a quarter of the tap's time. */
const plainString = /^"[ !#-[\]-~]*"$/;

/** QEMU echoes a number beyond a double as C prints it, which is not JSON. */
const infinities = new Map([
  ['inf', '1e400'],
  ['-inf', '-1e400'],
]);

/**
 * The id as JSON text, spelled as on the wire if that is JSON. Spellings that only QEMU accepts (single quotes,
 * modified UTF-8) are printed as JSON.
 */
export function idText(bytes: Uint8Array): string {
  const cut = bytes.subarray(0, maximumIdBytes);
  const text = decoder.decode(cut);
  if (!text.includes("'") && !text.includes('\ufffd')) return text;
  try {
    return printJson(parseJson(cut));
  } catch {
    return text; // cut short
  }
}

/** Two ids are the same value exactly if their keys are equal. */
export function idKey(text: string): string {
  if (plainString.test(text)) return text;
  try {
    return canonicalJson(parseJson(infinities.get(text) ?? text));
  } catch {
    return text; // cut short
  }
}
