import { spawnSync } from 'node:child_process';
import { expect, test, vi } from 'vitest';
import { JournalTimer } from '../../../src/store/journal/journal-timer.js';

test('one timer writes all that wait, each once', () => {
  vi.useFakeTimers();
  try {
    const timer = new JournalTimer();
    const written: string[] = [];
    const journal = (name: string): { write: () => void } => ({
      write: () => {
        written.push(name);
      },
    });
    const [a, b, c] = [journal('a'), journal('b'), journal('c')];
    for (const each of [a, b, a, c]) timer.add(each);
    expect(vi.getTimerCount()).toBe(1);
    timer.delete(c);
    vi.advanceTimersByTime(20);
    expect(written).toEqual(['a', 'b']);
    expect(vi.getTimerCount()).toBe(0);
    timer.add(b);
    timer.delete(b);
    expect(vi.getTimerCount()).toBe(0);
  } finally {
    vi.useRealTimers();
  }
});

test('what waits is written when the process exits, with one listener for all', () => {
  const script = `
    import { JournalTimer } from './dist/store/journal/journal-timer.js';
    const timer = new JournalTimer();
    const before = process.listenerCount('exit');
    for (let n = 0; n < 30; n++) timer.add({ write: () => process._rawDebug('written') });
    process._rawDebug(process.listenerCount('exit') - before + ' listener');
    process.exit();`;
  const { stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8' });
  expect(stderr).toBe(`1 listener\n${'written\n'.repeat(30)}`);
});
