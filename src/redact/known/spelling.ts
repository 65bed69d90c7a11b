/**
 * Ways to spell the same text: with JSON's escapes, at any depth of quoting, with doubled commas, with percent
 * signs. What they have in common is a normal form, in which a secret is looked for.
 */

/** A text in another spelling, with the place in the original of each of its places. */
export interface Folded {
  readonly text: string;
  place(at: number): number;
}

/** `\u0070` for a printable character that needs no escape, at any depth of quoting; `\u0022` and `\u005c` stay. */
const needless = /(?<!\\)\\+u00(?!22|27|5c)([2-7][0-9a-f])/gi;

/** Bytes without this have no such escape. */
export const escapeMark = '\\u00';

/** The text with every needless escape replaced by its character. */
export function foldEscapes(text: string): Folded {
  if (text.search(needless) < 0) return { text, place: (at) => at };
  let folded = '';
  let last = 0;
  /** Where pieces begin: in the folded text, and in the original. */
  const begins: number[] = [0];
  const origins: number[] = [0];
  const mark = (origin: number): void => {
    begins.push(folded.length);
    origins.push(origin);
  };
  for (const match of text.matchAll(needless)) {
    folded += text.slice(last, match.index);
    mark(match.index);
    folded += String.fromCharCode(parseInt(match[1] ?? '20', 16));
    last = match.index + match[0].length;
    mark(last);
  }
  folded += text.slice(last);
  return {
    text: folded,
    place: (at) => {
      const piece = lastUpTo(begins, at);
      return (origins[piece] ?? 0) + at - (begins[piece] ?? 0);
    },
  };
}

/** The last index whose value is not above; the values ascend. */
function lastUpTo(values: readonly number[], most: number): number {
  let low = 0;
  let high = values.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((values[middle] ?? 0) <= most) low = middle;
    else high = middle - 1;
  }
  return low;
}

/** Bytes that are themselves in the normal form, wherever they stand. */
const plainBytes = new Uint8Array(256).fill(1);
for (const byte of [0x08, 0x09, 0x0a, 0x0c, 0x0d, 0x25, 0x27, 0x2c, 0x5c]) plainBytes[byte] = 0;

/** What is taken for another spelling: nothing, JSON's escapes and what is left out, or percent signs as well. */
export type Reading = 'literal' | 'escapes' | 'all';

/**
 * The ways in which bytes have to be read, so that no spelling is missed: where there is `%` or `\u`, what follows
 * may also be meant as it stands.
 */
export function readingsOf(bytes: Uint8Array, from: number, end: number): readonly Reading[] {
  if (isPlain(bytes, from, end)) return ['literal'];
  const part = bytes.subarray(from, end);
  if (part.includes(0x25)) return ['all', 'escapes', 'literal'];
  for (let at = part.indexOf(0x5c); at >= 0; at = part.indexOf(0x5c, at + 1)) {
    if (part[at + 1] === 0x75) return ['all', 'literal'];
  }
  return ['all'];
}

/** Whether the normal form of these bytes is what they are. */
function isPlain(bytes: Uint8Array, from: number, end: number): boolean {
  for (let at = from; at < end; at++) if (plainBytes[bytes[at] ?? 0] === 0) return false;
  return true;
}

/** Control characters as the letters of their escapes, so that `\n` and what it stands for are the same. */
const letters = new Map([
  [0x08, 0x62],
  [0x09, 0x74],
  [0x0a, 0x6e],
  [0x0c, 0x66],
  [0x0d, 0x72],
]);

/**
 * Reads UTF-8 as its normal form, which is the same for all spellings of a text: no backslashes, single
 * quotes and commas, every `\u0070` and `%70` as what it stands for. Two texts may have one form;
 * the search then finds too much, never too little.
 */
export class NormalForm {
  readonly #bytes: Uint8Array;
  readonly #end: number;
  readonly #reading: Reading;
  /** Bytes of an escape that takes more than one; the last comes first. */
  readonly #rest: number[] = [];
  /** Where the byte given last begins in the original, and where the next one does. */
  start: number;
  at: number;

  constructor(bytes: Uint8Array, from = 0, end = bytes.length, reading: Reading = 'all') {
    this.#bytes = bytes;
    this.#end = end;
    this.#reading = reading;
    this.start = from;
    this.at = from;
  }

  /** The next byte of the normal form, or -1 at the end. */
  next(): number {
    const rest = this.#rest.pop();
    if (rest !== undefined) return rest;
    this.start = this.at;
    while (this.at < this.#end) {
      const byte = this.#bytes[this.at] ?? 0;
      if (plainBytes[byte] === 1 || this.#reading === 'literal') {
        this.at += 1;
        return byte;
      }
      const code = this.#special(byte);
      const whole = this.#rest.pop();
      if (whole !== undefined) return whole;
      if (code < 0 || code === 0x5c || code === 0x27 || code === 0x2c) {
        this.start = this.at;
        continue;
      }
      return code < 0x80 ? (letters.get(code) ?? code) : this.#encoded(code);
    }
    return -1;
  }

  /** Takes a byte that is not plain, with what belongs to it; -1 if that is nothing. */
  #special(byte: number): number {
    const bytes = this.#bytes;
    if (byte === 0x25 && this.#reading === 'all') {
      let digits = this.at + 1;
      while (bytes[digits] === 0x32 && bytes[digits + 1] === 0x35 && digits + 2 < this.#end) digits += 2;
      const code = this.#hex(digits, 2);
      // Of a percent sign beyond ASCII the bytes of UTF-8 are given as they are.
      this.at = code < 0 ? digits : digits + 2;
      if (code >= 0x80) {
        this.#rest.push(code);
        return -1;
      }
      return code < 0 ? byte : code;
    }
    if (byte !== 0x5c) {
      this.at += 1;
      return byte;
    }
    while (this.at < this.#end && bytes[this.at] === 0x5c) this.at += 1;
    const code = bytes[this.at] === 0x75 ? this.#hex(this.at + 1, 4) : -1;
    if (code >= 0) this.at += 5;
    return code;
  }

  #hex(from: number, digits: number): number {
    if (from + digits > this.#end) return -1;
    let code = 0;
    for (let at = from; at < from + digits; at++) {
      const digit = hexDigit(this.#bytes[at] ?? 0);
      if (digit < 0) return -1;
      code = code * 16 + digit;
    }
    return code;
  }

  /** The first byte of the UTF-8 of a UTF-16 unit, or of a pair that begins with it; keeps the others. */
  #encoded(unit: number): number {
    let point = unit;
    if (unit >= 0xd800 && unit < 0xdc00 && this.#bytes[this.at] === 0x5c) {
      const before = this.at;
      const low = this.#special(0x5c);
      if (low >= 0xdc00 && low < 0xe000) point = 0x10000 + ((unit - 0xd800) << 10) + (low - 0xdc00);
      else this.at = before;
    }
    const rest = this.#rest;
    rest.push(0x80 | (point & 0x3f));
    if (point < 0x800) return 0xc0 | (point >> 6);
    rest.push(0x80 | ((point >> 6) & 0x3f));
    if (point < 0x10000) return 0xe0 | (point >> 12);
    rest.push(0x80 | ((point >> 12) & 0x3f));
    return 0xf0 | (point >> 18);
  }
}

function hexDigit(byte: number): number {
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30;
  const lower = byte | 0x20;
  return lower >= 0x61 && lower <= 0x66 ? lower - 0x57 : -1;
}
