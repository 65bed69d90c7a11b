import { describe, expect, test } from 'vitest';
import { JsonError } from '../../src/errors.js';
import { frameProblem, parseJson, tryParse } from '../../src/json/parse.js';
import { isNumber, isObject, JsonNumber, type JsonValue } from '../../src/json/value.js';
import { fromLatin1 } from '../support/frames.js';

const nonFinite = { nonFinite: true };

function number(text: string): JsonNumber {
  return new JsonNumber(text);
}

describe('parseJson', () => {
  test.each<[string, JsonValue]>([
    ['null', null],
    [' true ', true],
    ['\r\n\tfalse', false],
    ['""', ''],
    [`'it"s'`, 'it"s'],
    [`'it\\'s'`, "it's"],
    ['"\\"\\\'\\\\\\/\\b\\f\\n\\r\\t"', '"\'\\/\b\f\n\r\t'],
    ['"\\u00e9\\u20AC\\uD83D\\uDE00\\u0000"', '\u00e9\u20ac\u{1f600}\0'],
    ['"é€😀"', 'é€😀'],
    ['"\ufeff"', '\ufeff'],
    ['9223372036853727232', number('9223372036853727232')],
    ['-0', number('-0')],
    ['1.0e+2', number('1.0e+2')],
    ['[]', []],
    ['[1,[2],{}]', [number('1'), [number('2')], new Map()]],
    ['{"a":1,"b":{"c":[]}}', new Map<string, JsonValue>([['a', number('1')], ['b', new Map([['c', []]])]])], // prettier-ignore
    ['{"__proto__":1}', new Map([['__proto__', number('1')]])],
  ])('%s', (text, value) => {
    expect(parseJson(text)).toEqual(value);
    expect(parseJson(new TextEncoder().encode(text))).toEqual(value);
  });

  test('keeps the members in their order', () => {
    const value = parseJson('{"b":1,"a":2,"10":3,"9":4}');
    expect(isObject(value) && [...value.keys()]).toEqual(['b', 'a', '10', '9']);
  });

  test('C0 80 is U+0000', () => {
    expect(parseJson(fromLatin1('"a\xc0\x80b"'))).toBe('a\0b');
  });

  test.each([
    ['', 'premature EOI', 0],
    [' ', 'premature EOI', 1],
    ['{"a":1', 'premature EOI', 6],
    ['"abc', "stray '\"abc'", 0],
    ['1.', "stray '1.'", 0],
    ['1 2', 'expecting at most one JSON value', 2],
    ['{}x', 'expecting at most one JSON value', 2],
    ['[nope]', "invalid keyword 'nope'", 1],
    ['[1,]', 'expecting value', 3],
    ['{"a":@}', "stray '@'", 5],
    ['{"a":1,"a":2}', 'duplicate key', 7],
    ['{"a":1,"\\u0061":2}', 'duplicate key', 7],
    ['{"a":1,"a":}', 'expecting value', 11],
    ['{null:1}', 'key is not a string in object', 1],
    ['{{"a" 1}:2}', 'missing : in object pair', 6],
    ['"\\q"', 'invalid escape sequence in string', 0],
    ['"\ufffe"', 'invalid UTF-8 sequence in string', 0],
    ['"\ud800"', 'invalid UTF-8 sequence in string', 1],
    ['inf', "invalid keyword 'inf'", 0],
    ['-inf', "stray '-i'", 0],
  ])('%j: %s at %i', (text, reason, offset) => {
    expect(() => parseJson(text)).toThrow(JsonError);
    expect(() => parseJson(text)).toThrow(
      expect.objectContaining({ reason, offset, message: `JSON parse error, ${reason}` }),
    );
  });

  test('nesting is bounded, so that no stack is', () => {
    expect(frameProblem(fromLatin1('['.repeat(1024) + ']'.repeat(1024)))).toBeUndefined();
    expect(frameProblem(fromLatin1('['.repeat(1_000_000)))).toMatch(/nesting depth limit exceeded$/);
    expect(frameProblem(fromLatin1('{"a":'.repeat(1_000_000)))).toMatch(/nesting depth limit exceeded$/);
  });

  test('what is quoted of hostile input is bounded', () => {
    expect(frameProblem(fromLatin1('x'.repeat(1e6)))?.length).toBeLessThan(1100);
    expect(frameProblem(fromLatin1(`"${'\xff'.repeat(1e6)}`))?.length).toBeLessThan(1100);
    expect(frameProblem(fromLatin1(`"${'a'.repeat(1e6)}`))?.length).toBeLessThan(1100);
  });

  test.each(['inf', '-inf', 'nan', '-nan'])('%s is a number where QEMU printed it', (text) => {
    const value = parseJson(`{"id": ${text}}`, nonFinite);
    expect(isObject(value) && value.get('id')).toEqual(number(text));
    expect(frameProblem(fromLatin1(text), nonFinite)).toBeUndefined();
    expect(frameProblem(fromLatin1(text))).toBeDefined();
  });

  test('no other word is', () => {
    expect(frameProblem(fromLatin1('-infinity'), nonFinite)).toBe(
      "JSON parse error, invalid keyword '-infinity'",
    );
    expect(frameProblem(fromLatin1('NaN'), nonFinite)).toBe("JSON parse error, stray 'N'");
  });
});

describe('JsonNumber', () => {
  test.each<[string, bigint | number]>([
    ['0', 0n],
    ['-0', 0n],
    ['-0.0', -0],
    ['9223372036854775807', 9223372036854775807n],
    ['18446744073709551615', 18446744073709551615n],
    ['18446744073709551616', 18446744073709551616],
    ['-9223372036854775808', -9223372036854775808n],
    ['-9223372036854775809', -9223372036854775808],
    ['1.0', 1],
    ['1e400', Infinity],
    ['-1e400', -Infinity],
    ['inf', Infinity],
    ['-nan', NaN],
  ])('%s', (text, value) => {
    const parsed = parseJson(text, nonFinite);
    expect(isNumber(parsed) && parsed.value).toBe(value);
  });
});

describe('tryParse', () => {
  test('gives the value, or nothing where the parser refuses', () => {
    expect(tryParse(' [1] ')).toEqual([number('1')]);
    expect(tryParse('null')).toBeNull();
    for (const refused of ['', '{', '{"a":1,"a":2}', 'inf', '"\ud800"'])
      expect(tryParse(refused)).toBeUndefined();
    expect(tryParse('inf', nonFinite)).toEqual(number('inf'));
  });
});
