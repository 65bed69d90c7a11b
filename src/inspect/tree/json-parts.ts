/**
 * Finds the parts of a JSON text by where they begin and end, without reading their values: what a
 * viewer needs to open a large message bit by bit. Takes any bytes: from invalid JSON come meaningless parts, but
 * never more than the bytes hold.
 */

/** What a value is, seen from its first byte. */
export type JsonType = 'object' | 'array' | 'string' | 'number' | 'literal';

/** A member or an element: `key` is where a member's name stands, with its quotes. */
export interface JsonPart {
  readonly key: { readonly start: number; readonly end: number } | undefined;
  readonly start: number;
  /** Set when the next part is read, until then 0: the end of the last part read need not be searched for. */
  end: number;
}

const quote = 0x22;
const apostrophe = 0x27;
const backslash = 0x5c;
const comma = 0x2c;
const colon = 0x3a;

/** What kind of value begins here. */
export function typeAt(bytes: Uint8Array, at: number): JsonType {
  const byte = bytes[at];
  if (byte === 0x7b) return 'object';
  if (byte === 0x5b) return 'array';
  if (byte === quote || byte === apostrophe) return 'string';
  if (byte === 0x2d || (byte !== undefined && byte >= 0x30 && byte <= 0x39)) return 'number';
  return 'literal';
}

/** The first place from `at` that is not white space. */
export function skipBlank(bytes: Uint8Array, at: number, end: number): number {
  while (at < end && isBlank(bytes[at])) at++;
  return at;
}

/** Where the value that begins at `at` ends, but not beyond `end`. */
export function valueEnd(bytes: Uint8Array, at: number, end: number): number {
  const type = typeAt(bytes, at);
  if (type === 'string') return stringEnd(bytes, at, end);
  if (type === 'number' || type === 'literal') {
    while (at < end && !isDelimiter(bytes[at])) at++;
    return at;
  }
  let depth = 0;
  while (at < end) {
    const byte = bytes[at];
    if (byte === quote || byte === apostrophe) {
      at = stringEnd(bytes, at, end);
      continue;
    }
    at++;
    if (byte === 0x7b || byte === 0x5b) depth++;
    else if ((byte === 0x7d || byte === 0x5d) && --depth === 0) return at;
  }
  return end;
}

/**
 * The parts of the object or array that begins at `start`, or, from within it, those from `from` on, which
 * is where a part begins.
 */
export function* partsOf(
  bytes: Uint8Array,
  start: number,
  end: number,
  from = start + 1,
): Generator<JsonPart, void, undefined> {
  const named = typeAt(bytes, start) === 'object';
  for (let at = from; ;) {
    at = skipBlank(bytes, at, end);
    if (at >= end || bytes[at] === 0x7d || bytes[at] === 0x5d) return;
    if (bytes[at] === comma || bytes[at] === colon) {
      at++;
      continue;
    }
    let key: JsonPart['key'];
    if (named) {
      key = { start: at, end: Math.max(at + 1, valueEnd(bytes, at, end)) };
      at = skipBlank(bytes, key.end, end);
      if (bytes[at] === colon) at = skipBlank(bytes, at + 1, end);
      if (at >= end) return;
    }
    const part: JsonPart = { key, start: at, end: 0 };
    yield part;
    part.end = Math.max(at + 1, valueEnd(bytes, at, end));
    at = part.end;
  }
}

function stringEnd(bytes: Uint8Array, at: number, end: number): number {
  const mark = bytes[at];
  for (at++; at < end; at++) {
    const byte = bytes[at];
    if (byte === backslash) at++;
    else if (byte === mark) return at + 1;
  }
  return end;
}

function isBlank(byte: number | undefined): boolean {
  return byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;
}

function isDelimiter(byte: number | undefined): boolean {
  return byte === comma || byte === 0x7d || byte === 0x5d || byte === colon || isBlank(byte);
}
