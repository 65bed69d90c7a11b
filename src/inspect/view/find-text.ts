/** Finds where a text stands in a frame's bytes, ignoring the case of the letters a to z. */

/**
 * The offset of the next place at or after `from` (or the last before it), and from the other end on
 * where there is none; undefined if the text is nowhere or empty.
 */
export function findText(
  bytes: Uint8Array,
  text: string,
  from: number,
  direction: 1 | -1,
): number | undefined {
  const needle = new TextEncoder().encode(text).map(lower);
  const last = bytes.length - needle.length;
  if (needle.length === 0 || last < 0) return undefined;
  if (direction === 1) return search(bytes, needle, from, last + 1) ?? search(bytes, needle, 0, from);
  return searchBack(bytes, needle, from) ?? searchBack(bytes, needle, last + 1, from);
}

function search(bytes: Uint8Array, needle: Uint8Array, from: number, to: number): number | undefined {
  for (let at = from; at < to; at++) if (isAt(bytes, needle, at)) return at;
  return undefined;
}

function searchBack(bytes: Uint8Array, needle: Uint8Array, before: number, to = 0): number | undefined {
  for (let at = before - 1; at >= to; at--) if (isAt(bytes, needle, at)) return at;
  return undefined;
}

function isAt(bytes: Uint8Array, needle: Uint8Array, at: number): boolean {
  for (let place = 0; place < needle.length; place++) {
    if (lower(bytes[at + place] ?? 0) !== needle[place]) return false;
  }
  return true;
}

function lower(byte: number): number {
  return byte >= 0x41 && byte <= 0x5a ? byte + 0x20 : byte;
}
