import { expect, test } from 'vitest';
import { monotonicNow } from '../../src/transport/clock.js';

test('the clock counts nanoseconds and never goes back', () => {
  const before = process.hrtime.bigint();
  const first = monotonicNow();
  let last = first;
  while (last - first < 2e6) {
    const next = monotonicNow();
    expect(next).toBeGreaterThanOrEqual(last);
    last = next;
  }
  expect(Number(process.hrtime.bigint() - before)).toBeGreaterThanOrEqual(2e6);
});
