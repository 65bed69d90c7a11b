/**
 * Prints values: as valid JSON, or as QEMU prints. Numbers keep their spelling. Never used for traffic that is
 * passed on.
 */
import { isArray, isNumber, isObject, type JsonNumber, type JsonValue, nonFinite } from './value.js';

/** How QEMU's printer and a JSON printer differ. */
interface Style {
  readonly comma: string;
  readonly colon: string;
  readonly indent: number;
  readonly string: (text: string) => string;
  readonly number: (number: JsonNumber) => string;
}

const compact: Style = {
  comma: ',',
  colon: ':',
  indent: 0,
  string: (text) => JSON.stringify(text),
  number: validNumber,
};

const qemu: Style = {
  comma: ', ',
  colon: ': ',
  indent: 0,
  string: asciiString,
  number: (number) => number.text,
};

/** How a value is laid out. */
export interface PrintOptions {
  /** Spaces a level; 0, which is the default, prints one line. */
  readonly indent?: number | undefined;
}

/**
 * Prints valid JSON, compact or with `indent` spaces a level (default 0). Doubles that JSON cannot spell become
 * `1e999`, which every JSON reader takes for infinity, or null for NaN.
 * @example
 * printJson(new Map([['a', new JsonNumber('1.0')]])); // {"a":1.0}
 */
export function printJson(value: JsonValue, options?: PrintOptions): string {
  const indent = options?.indent ?? 0;
  return print(value, indent === 0 ? compact : { ...compact, colon: ': ', indent }, '\n');
}

/** Prints as QEMU does (`qobject_to_json`): `", "` and `": "` as separators, ASCII only. No line end. */
export function printQmp(value: JsonValue): string {
  return print(value, qemu, '');
}

function print(value: JsonValue, style: Style, line: string): string {
  if (typeof value === 'string') return style.string(value);
  if (isNumber(value)) return style.number(value);
  const deeper = line + ' '.repeat(style.indent);
  if (isArray(value)) {
    const elements = value.map((element) => print(element, style, deeper));
    return `[${joined(elements, style, line)}]`;
  }
  if (isObject(value)) {
    const members = Array.from(value, ([key, member]) => {
      return style.string(key) + style.colon + print(member, style, deeper);
    });
    return `{${joined(members, style, line)}}`;
  }
  return String(value);
}

/** What stands between the brackets. */
function joined(items: readonly string[], style: Style, line: string): string {
  if (style.indent === 0 || items.length === 0) return items.join(style.comma);
  const deeper = line + ' '.repeat(style.indent);
  return deeper + items.join(style.comma + deeper) + line;
}

function validNumber({ text }: JsonNumber): string {
  const value = nonFinite.get(text);
  if (value === undefined) return text;
  if (Number.isNaN(value)) return 'null';
  return value > 0 ? '1e999' : '-1e999';
}

const shortEscapes: Readonly<Record<string, string>> = {
  '"': '\\"',
  '\\': '\\\\',
  '\b': '\\b',
  '\f': '\\f',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
};

/** Upper-case escapes for control characters, DEL and all beyond ASCII, in pairs of surrogates. */
function asciiString(text: string): string {
  const escaped = text.replace(/["\\]|[^\x20-\x7e]/g, (unit) => {
    return shortEscapes[unit] ?? `\\u${unit.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}`;
  });
  return `"${escaped}"`;
}
