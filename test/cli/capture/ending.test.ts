import { expect, onTestFinished, test, vi } from 'vitest';
import { endOnSignal } from '../../../src/cli/capture/ending.js';

test('a signal that comes twice at once, as from timeout or npm, is one; a later one ends the program', () => {
  const exit = vi.spyOn(process, 'exit').mockImplementation(() => undefined as never);
  const now = vi.spyOn(performance, 'now');
  onTestFinished(() => {
    exit.mockRestore();
    now.mockRestore();
  });
  const ending = new AbortController();
  const signals = endOnSignal(ending);
  onTestFinished(() => {
    signals.release();
  });
  /** Only to us: others in this process listen, too. */
  const terminate = (at: number): void => {
    now.mockReturnValue(at);
    process.listeners('SIGTERM').at(-1)!('SIGTERM');
  };
  terminate(1000);
  expect(ending.signal.reason).toBe(143);
  terminate(1010);
  terminate(1400);
  expect(exit).not.toHaveBeenCalled();
  terminate(1600);
  expect(exit).toHaveBeenCalledExactlyOnceWith(143);
});

test('once something else has begun the end, a signal ends the program', () => {
  const exit = vi.spyOn(process, 'exit').mockImplementation(() => undefined as never);
  onTestFinished(() => {
    exit.mockRestore();
  });
  const ending = new AbortController();
  const signals = endOnSignal(ending);
  onTestFinished(() => {
    signals.release();
  });
  ending.abort(0);
  process.listeners('SIGINT').at(-1)!('SIGINT');
  expect(exit).toHaveBeenCalledExactlyOnceWith(130);
});
