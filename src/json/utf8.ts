/**
 * Modified UTF-8 as QEMU understands it: C0 80 is U+0000; overlong forms, surrogates, noncharacters and anything
 * beyond U+10FFFF are refused.
 */

const REPLACEMENT = 0xfffd;

/** Whether a code point may stand in a string: no surrogate, no noncharacter (`is_valid_codepoint`). */
export function isCharacter(codePoint: number): boolean {
  if (codePoint < 0 || codePoint > 0x10ffff) return false;
  if (codePoint >= 0xd800 && codePoint <= 0xdfff) return false;
  if (codePoint >= 0xfdd0 && codePoint <= 0xfdef) return false;
  return (codePoint & 0xfffe) !== 0xfffe;
}

/** The lowest code point of a sequence, by its length: two to six bytes. */
const lowest = [0x80, 0x800, 0x1_0000, 0x20_0000, 0x400_0000];

/** Result of `readCharacter`. */
export interface Character {
  /** -1 if the bytes are not a character. */
  codePoint: number;
  /** After the character, or after the bytes that are not one. */
  end: number;
}

/**
 * Reads the character at `at` into `into` (`mod_utf8_codepoint`). A broken sequence ends before the
 * first byte that cannot continue it, so that every reader counts the same number of broken pieces.
 */
export function readCharacter(bytes: Uint8Array, at: number, into: Character): void {
  const lead = bytes[at] as number;
  into.end = at + 1;
  into.codePoint = lead < 0x80 ? lead : -1;
  if (lead < 0xc0 || lead >= 0xfe) return;
  const length = Math.clz32(~(lead << 24));
  let codePoint = lead & (0x7f >> length);
  for (let i = 1; i < length; i++) {
    const byte = bytes[at + i];
    if (byte === undefined || (byte & 0xc0) !== 0x80) return;
    into.end = at + i + 1;
    codePoint = codePoint * 64 + (byte & 0x3f);
  }
  const overlong = codePoint < (lowest[length - 2] as number) && !(codePoint === 0 && length === 2);
  if (isCharacter(codePoint) && !overlong) into.codePoint = codePoint;
}

/**
 * Bytes of the wire as QEMU's error messages show them: they are C strings, so they end at a NUL,
 * and each broken piece turns into U+FFFD.
 */
export function quoted(bytes: Uint8Array): string {
  let text = '';
  const character: Character = { codePoint: 0, end: 0 };
  for (let at = 0; at < bytes.length && bytes[at] !== 0; at = character.end) {
    readCharacter(bytes, at, character);
    text += String.fromCodePoint(character.codePoint < 0 ? REPLACEMENT : character.codePoint);
  }
  return text;
}
