import { expect, test } from 'vitest';
import { StepSize } from '../../../src/inspect/view/view-step.js';

test('a step grows while reading is quick, shrinks while it is slow, and stays within bounds', () => {
  let now = 0;
  const step = new StepSize(() => now);
  const took = (milliseconds: number, times = 1): number => {
    for (let time = 0; time < times; time++) step.take(() => (now += milliseconds));
    return step.size;
  };
  const first = step.size;
  expect(took(1)).toBe(first * 2);
  expect(took(5)).toBe(first * 2);
  expect(took(20)).toBe(first);
  expect([took(0, 100), took(1000, 100)]).toEqual([1 << 21, 256]);
  expect(step.take(() => 'what was read')).toBe('what was read');
});
