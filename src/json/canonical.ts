/**
 * One text for all spellings of a value, by which values are compared: QEMU reorders members and respells numbers
 * when it echoes an id.
 */
import { isArray, isNumber, isObject, type JsonNumber, type JsonValue } from './value.js';

/** Texts are equal if and only if QEMU reads the values as equal: members in any order, `1.0` is `1`. */
export function canonicalJson(value: JsonValue): string {
  if (isNumber(value)) return canonicalNumber(value);
  if (isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if (isObject(value)) {
    const keys = [...value.keys()].sort();
    const members = keys.map((key) => `${JSON.stringify(key)}:${canonicalJson(value.get(key) ?? null)}`);
    return `{${members.join(',')}}`;
  }
  return JSON.stringify(value);
}

/** Whether QEMU reads both values as the same. */
export function equalJson(a: JsonValue, b: JsonValue): boolean {
  return a === b || canonicalJson(a) === canonicalJson(b);
}

/** A double that is an integer within 64 bits is spelled as that integer is. */
function canonicalNumber(number: JsonNumber): string {
  const value = number.value;
  if (typeof value === 'bigint') return value.toString();
  return Number.isInteger(value) && Math.abs(value) < 2 ** 64 ? BigInt(value).toString() : value.toString();
}
