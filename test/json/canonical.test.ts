import { describe, expect, test } from 'vitest';
import { canonicalJson, equalJson } from '../../src/json/canonical.js';
import { parseJson } from '../../src/json/parse.js';

function equal(a: string, b: string): boolean {
  return equalJson(parseJson(a, { nonFinite: true }), parseJson(b, { nonFinite: true }));
}

describe('equalJson', () => {
  test.each([
    ['1', '1.0'],
    ['1', '1e0'],
    ['100', '1E+2'],
    ['0', '-0'],
    ['0', '-0.0'],
    ['0.1', '0.10000000000000001'],
    ['9223372036854775808', '9223372036854775808.0'],
    ['1e400', 'inf'],
    ['-1e400', '-inf'],
    ['nan', '-nan'],
    // Both beyond 64 bits: QEMU reads doubles.
    ['18446744073709551616', '18446744073709551617'],
    ['{"a":1,"b":[{"c":1,"d":2}]}', '{ "b": [{"d":2,"c":1.0}], "a": 1 }'],
    ['"é"', '"\\u00e9"'],
    [`'x'`, '"x"'],
  ])('%s is %s', (a, b) => {
    expect(equal(a, b)).toBe(true);
  });

  test.each([
    ['1', '"1"'],
    ['null', '"null"'],
    ['9007199254740992', '9007199254740993'],
    ['18446744073709551615', '18446744073709551614'],
    ['[1,2]', '[2,1]'],
    ['{}', '[]'],
    ['{"a":1}', '{"a":1,"b":null}'],
    ['["a,b"]', '["a","b"]'],
    ['inf', '-inf'],
    ['0.1', '0.1000000000000001'],
  ])('%s is not %s', (a, b) => {
    expect(equal(a, b)).toBe(false);
  });
});

test('a huge exponent makes no huge text', () => {
  expect(canonicalJson(parseJson('1e308')).length).toBeLessThan(30);
});
