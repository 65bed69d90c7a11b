import { describe, expect, test } from 'vitest';
import { UsageError } from '../../src/errors.js';
import { parseJson } from '../../src/json/parse.js';
import { concretePath, matchPath, parsePath, printPath, valueAt, valuesAt } from '../../src/json/path.js';
import { printJson } from '../../src/json/print.js';

describe('parsePath', () => {
  test.each([
    ['a', 'a'],
    ['return.cpus[*].thread-id', 'return.cpus[*].thread-id'],
    ['return.cpus.*.thread-id', 'return.cpus[*].thread-id'],
    ['*', '[*]'],
    ['**', '**'],
    ['**.thread-id', '**.thread-id'],
    ['a.**[3]', 'a.**[3]'],
    ['["a.b"].c', '["a.b"].c'],
    ['a["\\u0041\\n"]', 'a["A\\n"]'],
    ['a["*"][""]', 'a["*"][""]'],
    ['[0][12]', '[0][12]'],
    ['arguments.__com.redhat_x', 'arguments.__com.redhat_x'],
  ])('%s', (text, printed) => {
    expect(printPath(parsePath(text))).toBe(printed);
    expect(parsePath(printed)).toEqual(parsePath(text));
  });

  test.each([
    ['', 0],
    ['.a', 0],
    ['a..b', 1],
    ['a.', 1],
    ['a b', 1],
    ['a[', 1],
    ['a[x]', 1],
    ['a[01]', 1],
    ['a["b]', 1],
    ['a["\\x"]', 1],
    ['a*', 1],
    ['a[*]b', 4],
    ['***', 0],
  ])('%j is refused at column %i', (text, column) => {
    expect(() => parsePath(text)).toThrow(UsageError);
    expect(() => parsePath(text)).toThrow(expect.objectContaining({ column, text, exitCode: 2 }));
  });
});

describe('matchPath', () => {
  test.each([
    ['a.b', ['a', 'b'], true],
    ['a.b', ['a'], false],
    ['a', ['a', 'b'], false],
    ['a[*]', ['a', 3], true],
    ['a.*', ['a', 'x'], true],
    ['a[1]', ['a', 1], true],
    ['a[1]', ['a', '1'], false],
    ['["1"]', [1], false],
    ['**', [], true],
    ['**', ['a', 0, 'b'], true],
    ['**.thread-id', ['thread-id'], true],
    ['**.thread-id', ['return', 0, 'thread-id'], true],
    ['**.thread-id', ['return', 'thread-id', 'x'], false],
    ['return.**.id', ['return', 'id'], true],
    ['return.**.id', ['return', 'a', 'id', 'b', 'id'], true],
    ['**.a.**.a', ['a'], false],
  ] as const)('%s, %j: %s', (pattern, steps, expected) => {
    expect(matchPath(parsePath(pattern), steps)).toBe(expected);
  });

  test('many deep parts cost no more than their product with the steps', () => {
    const pattern = parsePath(`${'**.a.'.repeat(200)}b`);
    expect(matchPath(pattern, Array<string>(1000).fill('a'))).toBe(false);
  });

  test('a concrete path matches itself', () => {
    const steps = ['a.b', 0, '*', '', '__proto__'];
    expect(matchPath(concretePath(steps), steps)).toBe(true);
    expect(matchPath(parsePath(printPath(concretePath(steps))), steps)).toBe(true);
  });
});

describe('valuesAt', () => {
  const value = parseJson('{"return":[{"id":1,"x":{"id":2}},{"id":3}],"id":"a","__proto__":null}');
  test.each([
    ['id', ['"a"']],
    ['return[*].id', ['1', '3']],
    ['return[1]', ['{"id":3}']],
    ['return[2]', []],
    ['id.x', []],
    ['__proto__', ['null']],
    ['**.id', ['"a"', '1', '2', '3']],
  ])('%s', (path, expected) => {
    const found = Array.from(valuesAt(value, parsePath(path)), (each) => printJson(each));
    expect(found).toEqual(expected);
    const first = valueAt(value, parsePath(path));
    expect(first === undefined ? undefined : printJson(first)).toBe(expected[0]);
  });
});
