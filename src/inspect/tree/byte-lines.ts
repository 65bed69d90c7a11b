/**
 * A frame's exact bytes as lines of a given width: as text with every byte beyond printable ASCII escaped,
 * or in hexadecimal. Any line of ten megabytes is found at once.
 */

/** Lines that are made when they are asked for. */
export interface ByteLines {
  readonly length: number;
  line(place: number): string;
}

/** The bytes as escaped text, with `\r\n` shown where it is; a line of it ends after a line feed too. */
export function rawLines(bytes: Uint8Array, width: number): ByteLines {
  const starts: number[] = [];
  let room = 0;
  bytes.forEach((byte, at) => {
    const length = escaped(byte).length;
    if (room < length || bytes[at - 1] === 0x0a) {
      starts.push(at);
      room = Math.max(width, 4);
    }
    room -= length;
  });
  return {
    length: starts.length,
    line: (place) => Array.from(bytes.subarray(starts[place], starts[place + 1]), escaped).join(''),
  };
}

function escaped(byte: number): string {
  if (byte >= 0x20 && byte < 0x7f) return String.fromCharCode(byte);
  if (byte === 0x0a) return '\\n';
  if (byte === 0x0d) return '\\r';
  return `\\x${hex(byte, 2)}`;
}

/** `00000010  7b 22 72 …  |{"r…|`: sixteen bytes a line, or eight where sixteen do not fit. */
export function hexLines(bytes: Uint8Array, width: number): ByteLines {
  const row = width >= 76 ? 16 : 8;
  return {
    length: Math.ceil(bytes.length / row),
    line: (place) => {
      const part = Array.from(bytes.subarray(place * row, (place + 1) * row));
      const codes = part.map((byte) => hex(byte, 2)).join(' ');
      const text = part
        .map((byte) => (byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : '.'))
        .join('');
      return `${hex(place * row, 8)}  ${codes.padEnd(row * 3 - 1)}  |${text}|`;
    },
  };
}

function hex(value: number, digits: number): string {
  return value.toString(16).padStart(digits, '0');
}
