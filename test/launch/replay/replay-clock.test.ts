import { expect, test } from 'vitest';
import { now, wakeAt } from '../../../src/launch/replay/replay-clock.js';

test('the clock goes on, and wakes who asks again until it is time', async () => {
  const begin = now();
  while (now() < begin + 5e6) await new Promise<void>((resolve) => wakeAt(begin + 5e6, resolve));
  await new Promise<void>((resolve) => wakeAt(begin - 1e9, resolve));
  expect(now()).toBeGreaterThan(begin);
});

test('weeks are more than a timer takes, and wake no sooner than that', () => {
  const timer = wakeAt(now() + 1e18, () => {
    throw new Error('woken at once');
  });
  clearTimeout(timer);
});
