import { expect, test } from 'vitest';
import { now, wakeAt } from '../../src/launch/replay-clock.js';

test('the clock goes on, and wakes not before the time', async () => {
  const begin = now();
  await new Promise<void>((resolve) => wakeAt(begin + 5e6, resolve));
  expect(now() - begin).toBeGreaterThanOrEqual(5e6);
  await new Promise<void>((resolve) => wakeAt(begin - 1e9, resolve));
});

test('weeks are more than a timer takes, and wake no sooner than that', () => {
  const timer = wakeAt(now() + 1e18, () => {
    throw new Error('woken at once');
  });
  clearTimeout(timer);
});
