/** Decodes a string token as QEMU's `parse_string` does: escapes, surrogate pairs, modified UTF-8. */
import { type Character, isCharacter, quoted, readCharacter } from './utf8.js';

/** Why QEMU refuses a string, in its words. */
export interface StringProblem {
  readonly reason: string;
}

const escapes: Readonly<Record<string, string>> = {
  '"': '"',
  "'": "'",
  '\\': '\\',
  '/': '/',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
};

/** The text of the token from the quote at `start` to after the closing quote at `end`. */
export function decodeString(bytes: Uint8Array, start: number, end: number): string | StringProblem {
  const pieces: string[] = [];
  const character: Character = { codePoint: 0, end: 0 };
  let plain = start + 1;
  let at = plain;
  const last = end - 1;
  while (at < last) {
    const byte = bytes[at] as number;
    if (byte !== 0x5c && byte < 0x80) {
      at++;
      continue;
    }
    pieces.push(ascii(bytes, plain, at));
    if (byte !== 0x5c) {
      readCharacter(bytes, at, character);
      if (character.codePoint < 0) return { reason: 'invalid UTF-8 sequence in string' };
      pieces.push(String.fromCodePoint(character.codePoint));
      at = character.end;
    } else if (bytes[at + 1] === 0x75) {
      readUnicodeEscape(bytes, at, last, character);
      if (character.codePoint < 0) {
        const text = quoted(bytes.subarray(at, Math.min(character.end, end)));
        return { reason: `${text} is not a valid Unicode character` };
      }
      pieces.push(String.fromCodePoint(character.codePoint));
      at = character.end;
    } else {
      const escaped = escapes[String.fromCharCode(bytes[at + 1] as number)];
      if (escaped === undefined) return { reason: 'invalid escape sequence in string' };
      pieces.push(escaped);
      at += 2;
    }
    plain = at;
  }
  pieces.push(ascii(bytes, plain, last));
  return pieces.length === 1 ? (pieces[0] as string) : pieces.join('');
}

/** Reads `\uXXXX` or a pair of them at `at`, within `last`. */
function readUnicodeEscape(bytes: Uint8Array, at: number, last: number, into: Character): void {
  let codePoint = hex4(bytes, at + 2, last);
  into.end = at + 6;
  const leading = codePoint >= 0xd800 && codePoint <= 0xdbff;
  if (leading && bytes[at + 6] === 0x5c && bytes[at + 7] === 0x75) {
    const trailing = hex4(bytes, at + 8, last);
    if (trailing >= 0xdc00 && trailing <= 0xdfff) {
      codePoint = 0x10000 + ((codePoint & 0x3ff) << 10) + (trailing & 0x3ff);
      into.end = at + 12;
    }
  }
  into.codePoint = isCharacter(codePoint) ? codePoint : -1;
}

function hex4(bytes: Uint8Array, at: number, last: number): number {
  if (at + 4 > last) return -1;
  let value = 0;
  for (let i = at; i < at + 4; i++) {
    const digit = hexDigit(bytes[i] as number);
    if (digit < 0) return -1;
    value = value * 16 + digit;
  }
  return value;
}

function hexDigit(byte: number): number {
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30;
  const letter = byte | 0x20;
  return letter >= 0x61 && letter <= 0x66 ? letter - 0x57 : -1;
}

const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

/** Bytes below 0x80 as text. */
export function ascii(bytes: Uint8Array, start: number, end: number): string {
  return decoder.decode(bytes.subarray(start, end));
}
