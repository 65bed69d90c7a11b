import { expect, test } from 'vitest';
import { doubtAt, type Fact, type StateCause, standingAt } from '../../../src/inspect/state/fact.js';

const cause = (index: number): StateCause => ({ session: 1, seq: index, index, t: 0, name: 'query-status' });
const fact = (more: Partial<Fact> = {}): Fact => ({
  value: true,
  basis: 'asserted',
  by: cause(5),
  changing: false,
  doubt: undefined,
  ...more,
});

test('a fact is what it is based on until something may have changed it', () => {
  expect(standingAt(fact(), { index: 9, gap: undefined })).toBe('asserted');
  expect(standingAt(fact({ basis: 'implied' }), { index: 9, gap: cause(4) })).toBe('implied');
  expect(doubtAt(fact(), { index: 9, gap: cause(6) })).toEqual(cause(6));
  expect(doubtAt(fact({ doubt: cause(7) }), { index: 9, gap: cause(6) })).toEqual(cause(7));
});

test('what changes by itself is known only with the message that says it', () => {
  expect(standingAt(fact({ changing: true }), { index: 5, gap: undefined })).toBe('asserted');
  expect(doubtAt(fact({ changing: true }), { index: 6, gap: undefined })).toBe('changing');
});
