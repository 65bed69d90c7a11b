/** Makes lines safe to print on a terminal. */
import { asciiText, isAsciiOnly } from '../../text/ascii.js';
import { escapeText } from '../../inspect/format.js';

/** Our own colours, and control characters; the latter were escaped before, this catches mistakes. */
const gated =
  /\u001b\[[\d;]*m|[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;
const isAscii = isAsciiOnly(process.env);

/** Lines without control characters other than our colours, in characters that the terminal has. */
export function forTerminal(text: string): string {
  const safe = text.replace(gated, (found) => (found.length > 1 ? found : escapeText(found)));
  return isAscii ? asciiText(safe, unicodeEscape) : safe;
}

/** A character as JSON escapes it. */
export function unicodeEscape(unit: string): string {
  return `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;
}
