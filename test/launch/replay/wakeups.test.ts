import { expect, test, vi } from 'vitest';
import { Wakeups } from '../../../src/launch/replay/wakeups.js';

test('all who wait are woken by a change, once', async () => {
  const wakeups = new Wakeups();
  const woken: string[] = [];
  const all = ['a', 'b'].map((name) => wakeups.next(60_000).then(() => woken.push(name)));
  wakeups.wake();
  await Promise.all(all);
  wakeups.wake();
  expect(woken).toEqual(['a', 'b']);
});

test('nobody waits longer than was said', async () => {
  vi.useFakeTimers();
  try {
    const waited = new Wakeups().next(60_000);
    vi.advanceTimersByTime(60_000);
    await waited;
    expect(vi.getTimerCount()).toBe(0);
  } finally {
    vi.useRealTimers();
  }
});
