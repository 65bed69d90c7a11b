import { expect, test } from 'vitest';
import { Cases, timeBetween } from '../../../src/inspect/rules/cases.js';
import { ruleOf } from './judged.js';

const at = { session: 1, seq: 1, t: 1_000, started: 0 };
const rule = ruleOf('never kind:error');

test('the verdict: false outdoes open, open outdoes true', () => {
  const cases = new Cases();
  expect(cases.result(rule).verdict).toBe('true');
  cases.open(at, new Map(), 5);
  expect(cases.result(rule).verdict).toBe('open');
  cases.fail('wrong', at);
  expect(cases.result(rule)).toMatchObject({ verdict: 'false', failed: 1, open: 1 });
});

test('a case that was not followed leaves it open', () => {
  const cases = new Cases();
  cases.notFollowed = 1;
  expect(cases.result(rule).verdict).toBe('open');
});

test('each failure is fresh once; only the first thousand are kept', () => {
  const cases = new Cases();
  cases.fail('missing', at);
  expect(cases.fresh()).toHaveLength(1);
  expect(cases.fresh()).toHaveLength(0);
  for (let count = 0; count < 1500; count++) cases.fail('wrong', at);
  for (let count = 0; count < 1500; count++) cases.open(at, new Map(), undefined);
  const { failed, open, cases: kept } = cases.result(rule);
  expect([failed, open, kept.length]).toEqual([1501, 1500, 2000]);
});

test('time between moments, over sessions; none where a log tells none', () => {
  const later = { session: 2, seq: 1, t: 500, started: 2 };
  expect(timeBetween(at, later)).toBe(1_500);
  expect(timeBetween(later, at)).toBe(0);
  expect(timeBetween(at, { ...later, untimed: true })).toBeUndefined();
});
