import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseOptionList, printOptionList, switchOf, valueOf } from '../../src/text/option-list.js';

describe('option lists', () => {
  test('a doubled comma is one, an equals sign may be in a value', () => {
    expect(parseOptionList('socket,path=/a,,b=c,server')).toEqual([
      { name: undefined, value: 'socket' },
      { name: 'path', value: '/a,b=c' },
      { name: undefined, value: 'server' },
    ]);
  });

  test('three commas are one in the value and the end of it', () => {
    expect(parseOptionList('a=x,,,b=y')).toEqual([
      { name: 'a', value: 'x,' },
      { name: 'b', value: 'y' },
    ]);
  });

  test('what is printed parses to the same values', () => {
    const item = fc.record({ name: fc.constantFrom('id', 'path', 'x.y'), value: fc.string() });
    fc.assert(
      fc.property(fc.array(item, { minLength: 1 }), (items) => {
        expect(parseOptionList(printOptionList(items))).toEqual(items);
      }),
      { numRuns: 200 },
    );
  });

  test('of several values the last counts', () => {
    expect(valueOf(parseOptionList('id=a,id=b'), 'id')).toBe('b');
    expect(valueOf(parseOptionList('id=a'), 'path')).toBeUndefined();
  });

  test.each([
    ['x,server', true],
    ['x,server=on', true],
    ['x,server=yes', true],
    ['x,noserver', false],
    ['x,server=off', false],
    ['x', undefined],
    ['x,server=on,server=off', false],
  ])('%s', (text, expected) => {
    expect(switchOf(parseOptionList(text), 'server')).toBe(expected);
  });
});
