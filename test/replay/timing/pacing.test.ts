import { expect, test } from 'vitest';
import { UsageError } from '../../../src/errors.js';
import { asap, paced, parsePace } from '../../../src/replay/timing/pacing.js';

test('a pace is read', () => {
  expect(parsePace('asap')).toBe(asap);
  expect(parsePace('recorded')).toBe(1);
  expect(parsePace('x10')).toBe(10);
  expect(parsePace('x0.5')).toBe(0.5);
  for (const text of ['', '10', 'x', 'x0', 'x-1', 'fast', 'x1e3']) {
    expect(() => parsePace(text), text).toThrow(UsageError);
  }
});

test('a gap is taken at its pace', () => {
  expect([asap, 1, 10, 0.5].map((pace) => paced(1000, pace))).toEqual([0, 1000, 100, 2000]);
});
