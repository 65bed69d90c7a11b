import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { UsageError } from '../../src/errors.js';
import { parseFilter } from '../../src/inspect/filter.js';
import { filterError, printFilter } from '../../src/inspect/filter-print.js';
import { condition } from './filter-texts.js';

describe('printFilter', () => {
  test.each([
    ['cmd:query-*   kind:error', 'cmd:query-* kind:error'],
    ['a or (b and (c or d))', 'a or b (c or d)'],
    ['not (a or b)', 'not (a or b)'],
    ['not (a)', 'not a'],
    ['dur>1500us t<120s', 'dur>1500us t<2min'],
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

describe('filterError', () => {
  test('puts a caret under the character', () => {
    expect(filterError(new UsageError('why', { text: 'a\u001b[1m\u{1f600}x', column: 7 }))).toBe(
      '  a [1m\u{1f600}x\n        ^',
    );
  });

  test('says nothing of an error without a place', () => {
    expect(filterError(new UsageError('why'))).toBe('');
  });
});
