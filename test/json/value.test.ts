import { describe, expect, test } from 'vitest';
import { fromPlain, JsonNumber, toPlain } from '../../src/json/value.js';
import { parseJson } from '../../src/json/parse.js';
import { printJson } from '../../src/json/print.js';

describe('fromPlain', () => {
  test.each([
    [null, 'null'],
    [1, '1'],
    [-0, '-0.0'],
    [1e21, '1e+21'],
    [2n ** 64n - 1n, '18446744073709551615'],
    ['é', '"é"'],
    [new JsonNumber('1.0'), '1.0'],
    [[1, [true]], '[1,[true]]'],
    [{ b: 1, a: undefined, c: { d: null } }, '{"b":1,"c":{"d":null}}'],
    [new Map([['x', 1]]), '{"x":1}'],
  ])('%o', (plain, text) => {
    expect(printJson(fromPlain(plain))).toBe(text);
  });

  test.each([undefined, NaN, Infinity, () => 1, Symbol('x'), [undefined], new Map([[1, 2]])])(
    '%o is none',
    (plain) => {
      expect(() => fromPlain(plain)).toThrow(TypeError);
    },
  );
});

describe('toPlain', () => {
  test.each<[string, unknown]>([
    ['null', null],
    ['[1,"a",true]', [1, 'a', true]],
    ['{"a":{"b":1.5}}', { a: { b: 1.5 } }],
    ['9007199254740991', 9007199254740991],
    ['9007199254740993', 9007199254740993n],
    ['-9223372036854775808', -9223372036854775808n],
    ['18446744073709551616', 18446744073709551616],
  ])('%s', (text, plain) => {
    expect(toPlain(parseJson(text))).toEqual(plain);
  });

  test('a member called __proto__ sets no prototype', () => {
    const plain = toPlain(parseJson('{"__proto__":{"x":1}}')) as object;
    expect(Object.getPrototypeOf(plain)).toBe(Object.prototype);
    expect(Object.keys(plain)).toEqual(['__proto__']);
  });
});
