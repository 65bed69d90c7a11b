import { expect, test } from 'vitest';
import { wakeAt } from '../../../src/launch/replay/replay-clock.js';
import { monotonicNow } from '../../../src/transport/clock.js';

test('the clock goes on, and wakes who asks again until it is time', async () => {
  const begin = monotonicNow();
  while (monotonicNow() < begin + 5e6) await new Promise<void>((resolve) => wakeAt(begin + 5e6, resolve));
  await new Promise<void>((resolve) => wakeAt(begin - 1e9, resolve));
  expect(monotonicNow()).toBeGreaterThan(begin);
});

test('weeks are more than a timer takes, and wake no sooner than that', () => {
  const timer = wakeAt(monotonicNow() + 1e18, () => {
    throw new Error('woken at once');
  });
  clearTimeout(timer);
});
