import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { canonicalJson } from '../../src/json/canonical.js';
import { type Difference, differences, prune } from '../../src/json/difference.js';
import { parsePath } from '../../src/json/path.js';
import { parseJson } from '../../src/json/parse.js';
import { printJson } from '../../src/json/print.js';
import { fromPlain } from '../../src/json/value.js';

function between(a: string, b: string, ...ignore: string[]): readonly Difference[] {
  return differences(parseJson(a), parseJson(b), ignore.map(parsePath));
}

describe('differences', () => {
  test('are told by path, in the order of the first value', () => {
    expect(
      between('{"a": {"b": [1, 2]}, "c": 1, "e": null}', '{"c": 1.0, "a": {"b": [1, 3, 4]}, "d": "x"}'),
    ).toEqual([
      { path: 'a.b[1]', expected: '2', actual: '3' },
      { path: 'a.b[2]', expected: undefined, actual: '4' },
      { path: 'e', expected: 'null', actual: undefined },
      { path: 'd', expected: undefined, actual: '"x"' },
    ]);
  });

  test('leave out what is to be left out', () => {
    expect(between('{"r": [{"t": 1, "v": 1}]}', '{"r": [{"t": 2, "v": 2}]}', 'r[*].t')).toEqual([
      { path: 'r[0].v', expected: '1', actual: '2' },
    ]);
    expect(between('{"r": [{"t": 1}]}', '{"r": [{"t": 2}]}', '**.t')).toEqual([]);
  });

  test('follow the names of elements', () => {
    const a = '[{"name": "x", "v": 1}, {"name": "z", "v": 3}]';
    const b = '[{"name": "y", "v": 2}, {"name": "z", "v": 4}, {"name": "x", "v": 1}]';
    expect(between(a, b)).toEqual([
      { path: '[1].v', expected: '3', actual: '4' },
      { path: '[0]', expected: undefined, actual: '{"name": "y", "v": 2}' },
    ]);
    expect(between('["a", "b"]', '["b", "c"]')).toEqual([
      { path: '[0]', expected: '"a"', actual: undefined },
      { path: '[1]', expected: undefined, actual: '"c"' },
    ]);
  });

  test('see the order of equal names', () => {
    expect(between('["a", "b"]', '["b", "a"]')).toHaveLength(2);
  });

  test('show long values by their beginning', () => {
    const [found] = between('1', JSON.stringify('x'.repeat(1000)));
    expect(found?.actual?.length).toBeLessThan(250);
  });

  test('are none exactly between equal values', () => {
    const value = fc.jsonValue({ maxDepth: 3 });
    fc.assert(
      fc.property(value, value, (a, b) => {
        const [left, right] = [fromPlain(a), fromPlain(b)];
        expect(differences(left, right).length === 0).toBe(canonicalJson(left) === canonicalJson(right));
        expect(differences(left, left)).toEqual([]);
      }),
      { numRuns: 200 },
    );
  });
});

describe('prune', () => {
  test('takes members out and blanks elements', () => {
    const value = parseJson('{"a": 1, "b": [{"c": 2, "d": 3}, 4]}');
    expect(printJson(prune(value, ['**.c', 'b[1]'].map(parsePath)))).toBe('{"a":1,"b":[{"d":3},null]}');
    expect(prune(value, [])).toBe(value);
  });
});
