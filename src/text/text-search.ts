/**
 * Looks for a piece of text in a frame's bytes, ignoring the case of the letters a to z, without decoding the
 * frame: skips by the needle's length (Horspool).
 */

/** Makes a predicate that tells whether bytes hold this text in UTF-8; an empty text is in all. */
export function compileTextSearch(text: string): (bytes: Uint8Array) => boolean {
  const needle = new TextEncoder().encode(text).map(lower);
  const last = needle.length - 1;
  if (last < 0) return () => true;
  const skip = skipTable(needle);
  return (bytes) => {
    for (let end = last; end < bytes.length; end += skip[bytes[end] ?? 0] ?? 1) {
      let at = last;
      while (at >= 0 && lower(bytes[end - last + at] ?? 0) === needle[at]) at--;
      if (at < 0) return true;
    }
    return false;
  };
}

function lower(byte: number): number {
  return byte >= 0x41 && byte <= 0x5a ? byte + 0x20 : byte;
}

/** How far the needle may move when its last place meets this byte. */
function skipTable(needle: Uint8Array): Int32Array {
  const table = new Int32Array(256).fill(needle.length);
  for (let byte = 0; byte < 256; byte++) {
    const before = needle.subarray(0, -1).lastIndexOf(lower(byte));
    if (before >= 0) table[byte] = needle.length - 1 - before;
  }
  return table;
}
