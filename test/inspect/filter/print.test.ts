import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseFilter } from '../../../src/inspect/filter/filter.js';
import { printFilter } from '../../../src/inspect/filter/print.js';
import { condition } from '../../support/conditions.js';

describe('printFilter', () => {
  test.each([
    ['cmd:query-*   kind:error', 'cmd:query-* kind:error'],
    ['a or (b and (c or d))', 'a or b (c or d)'],
    ['not (a or b)', 'not (a or b)'],
    ['not (a)', 'not a'],
    ['dur>1500us t<120s', 'dur>1500us t<2min'],
    ['t<9007199254740991ns', 't<9007199254740991ns'],
    ['label:"a b" "or" "x=1"', 'label:"a b" "or" "x=1"'],
    ['"a\\b"', 'a\\b'],
    ['kind:response cmd:x', '(kind:success or kind:error) cmd:x'],
    ['', ''],
  ])('%s', (filter, printed) => {
    expect(printFilter(parseFilter(filter))).toBe(printed);
  });

  test('is read back as the same condition', () => {
    fc.assert(
      fc.property(condition, (original) => {
        expect(parseFilter(printFilter(original))).toEqual(original);
      }),
      { numRuns: 200 },
    );
  });

  test('prints what only a program can make', () => {
    expect(printFilter({ op: 'and', of: [] })).toBe('""');
    expect(printFilter({ op: 'or', of: [] })).toBe('not ""');
    expect(printFilter({ op: 'not', of: { op: 'all' } })).toBe('not ""');
    expect(printFilter({ op: 'regex', source: 'a/b', ignoreCase: false })).toBe('/a\\/b/');
  });
});
