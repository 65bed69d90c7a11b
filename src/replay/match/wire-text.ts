/**
 * Wire bytes as one line of ASCII for a report: what is not printable appears as `\xff`.
 * The line end that closes a message is left out.
 */

/** A report shows the beginning of a message; the differences that matter are listed by path. */
const maximumBytes = 1000;

/** One line for a frame; of a long one its beginning and its size. */
export function wireText(raw: Uint8Array): string {
  let end = raw.length;
  while (end > 0 && isBlank(raw[end - 1])) end -= 1;
  let start = 0;
  while (start < end && isBlank(raw[start])) start += 1;
  const shown = raw.subarray(start, Math.min(end, start + maximumBytes));
  let text = '';
  for (const byte of shown) text += byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : escaped(byte);
  return end - start > maximumBytes ? `${text}... (${end - start} bytes)` : text;
}

function escaped(byte: number): string {
  if (byte === 0x0a) return '\\n';
  if (byte === 0x0d) return '\\r';
  if (byte === 0x09) return '\\t';
  return `\\x${byte.toString(16).padStart(2, '0')}`;
}

function isBlank(byte: number | undefined): boolean {
  return byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;
}

/** A message's name for a sentence: what a peer sent may hold anything. */
export function spokenName(name: string): string {
  return name.replace(/[^ -~]/g, '?').slice(0, 80);
}
