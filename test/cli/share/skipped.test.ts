import { expect, test } from 'vitest';
import { Skipped } from '../../../src/cli/share/skipped.js';

test('lines are named by their reason, the first three of them', () => {
  const skipped = new Skipped();
  for (const line of [3, 4, 7, 9, 12]) skipped.add(line, 'no JSON');
  skipped.add(5, 'cut \u001b[2J');
  expect(skipped.lines('a.log')).toEqual([
    'a.log:3, 4, 7 and 2 more: left out: no JSON',
    'a.log:5: left out: cut \\u001b[2J',
  ]);
  expect(new Skipped().lines('a.log')).toEqual([]);
});

test('of many reasons the rest is only counted', () => {
  const skipped = new Skipped();
  for (let line = 1; line <= 25; line++) skipped.add(line, `reason ${line}`);
  skipped.add(26, 'reason 1');
  const lines = skipped.lines('a');
  expect(lines).toHaveLength(21);
  expect(lines[0]).toBe('a:1, 26: left out: reason 1');
  expect(lines[20]).toBe('a: 5 more lines left out');
});
