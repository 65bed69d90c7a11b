/**
 * JSON values without loss: numbers keep their spelling, objects the order of their members.
 * An object is a map, so a member called `__proto__` is a member like any other.
 */

/** `JSON.parse` would give the same shapes, but for objects (maps) and numbers (`JsonNumber`). */
export type JsonValue = null | boolean | string | JsonNumber | readonly JsonValue[] | JsonObject;

/** Members in their order in the text. */
export type JsonObject = ReadonlyMap<string, JsonValue>;

/** A number as it was spelled: `9223372036853727232` and `1.0` are kept as they are. */
export class JsonNumber {
  /** The number as it was spelled. */
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }

  /**
   * The value as QEMU reads it (`parse_literal`): a bigint for an integer within int64 or uint64, else a double.
   * `inf` and `nan`, which QEMU prints, are read too.
   * @example
   * new JsonNumber('9007199254740993').value; // 9007199254740993n
   * new JsonNumber('1.0').value; // 1
   */
  get value(): bigint | number {
    // One with more digits is beyond both, and a bigint of a million would take long.
    if (/^-?\d{1,20}$/.test(this.text)) {
      const integer = BigInt(this.text);
      if (integer >= -(2n ** 63n) && integer < 2n ** 64n) return integer;
    }
    return nonFinite.get(this.text) ?? Number(this.text);
  }
}

/** What C's `%.17g` prints for doubles that JSON cannot spell. */
export const nonFinite: ReadonlyMap<string, number> = new Map([
  ['inf', Infinity],
  ['-inf', -Infinity],
  ['nan', NaN],
  ['-nan', NaN],
]);

/** Whether a value is an object, that is a map. */
export function isObject(value: JsonValue | undefined): value is JsonObject {
  return value instanceof Map;
}

/** Whether a value is an array. */
export function isArray(value: JsonValue | undefined): value is readonly JsonValue[] {
  return Array.isArray(value);
}

/** Whether a value is a number, that is a `JsonNumber`. */
export function isNumber(value: JsonValue | undefined): value is JsonNumber {
  return value instanceof JsonNumber;
}

/**
 * Converts plain JavaScript: literals, bigints, arrays, maps and objects, which may hold JSON values. A member
 * that is undefined is left out, as `JSON.stringify` does.
 * @example
 * fromPlain({ execute: 'query-status', id: 1n }); // Map { 'execute' => 'query-status', 'id' => JsonNumber { text: '1' } }
 * @throws TypeError on anything else, such as a function or NaN; RangeError on a cycle
 */
export function fromPlain(plain: unknown): JsonValue {
  if (plain === null || typeof plain === 'boolean' || typeof plain === 'string') return plain;
  if (plain instanceof JsonNumber) return plain;
  if (typeof plain === 'bigint') return new JsonNumber(plain.toString());
  if (typeof plain === 'number' && Number.isFinite(plain)) {
    return new JsonNumber(Object.is(plain, -0) ? '-0.0' : plain.toString());
  }
  if (Array.isArray(plain)) return plain.map(fromPlain);
  if (plain instanceof Map) return membersFrom(plain as ReadonlyMap<unknown, unknown>);
  if (typeof plain === 'object') return membersFrom(Object.entries(plain));
  throw new TypeError(`no JSON value: ${typeof plain === 'number' ? plain : typeof plain}`);
}

function membersFrom(entries: Iterable<readonly [unknown, unknown]>): JsonObject {
  const members = new Map<string, JsonValue>();
  for (const [key, value] of entries) {
    if (typeof key !== 'string') throw new TypeError(`no JSON member name: ${typeof key}`);
    if (value !== undefined) members.set(key, fromPlain(value));
  }
  return members;
}

/**
 * Converts a value to plain JavaScript: objects instead of maps, numbers instead of `JsonNumber`. An integer beyond
 * 2^53 becomes a bigint, so that no digit is lost; `1.0` becomes 1. `__proto__` is an ordinary member.
 * @example
 * toPlain(parse('[1.0, 9007199254740993]')); // [1, 9007199254740993n]
 */
export function toPlain(value: JsonValue): unknown {
  if (isNumber(value)) {
    const number = value.value;
    const narrow = Number(number);
    return typeof number === 'number' || Number.isSafeInteger(narrow) ? narrow : number;
  }
  if (isArray(value)) return value.map(toPlain);
  // fromEntries defines members, so `__proto__` sets no prototype.
  if (isObject(value)) return Object.fromEntries([...value].map(([key, member]) => [key, toPlain(member)]));
  return value;
}
