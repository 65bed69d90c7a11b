import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { ProgressBar } from '../../../src/cli/output/progress.js';

const { isTTY } = process.stderr;

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['performance'] });
});

afterEach(() => {
  process.stderr.isTTY = isTTY;
  vi.useRealTimers();
  vi.restoreAllMocks();
});

/** What is drawn on a standard error that is a terminal or not. */
function drawn(terminal: boolean): () => string[] {
  process.stderr.isTTY = terminal;
  const write = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
  return () => write.mock.calls.map(([chunk]) => String(chunk));
}

test('is shown for what takes long, and taken away', () => {
  const shown = drawn(true);
  const bar = new ProgressBar(1000);
  bar.at(100);
  vi.advanceTimersByTime(500);
  bar.at(500);
  bar.at(600); // too soon after the last
  vi.advanceTimersByTime(500);
  bar.at(2000); // a file that has grown
  bar.end();
  expect(shown()).toEqual([
    `\r[${'#'.repeat(15)}${'.'.repeat(15)}]  50 % 500 B, 1.0 kB/s\u001b[K`,
    `\r[${'#'.repeat(30)}] 100 % 2.0 kB, 2.0 kB/s\u001b[K`,
    '\r\u001b[K',
  ]);
});

test('of a size that nobody knows has no share', () => {
  const shown = drawn(true);
  const bar = new ProgressBar(undefined);
  vi.advanceTimersByTime(500);
  bar.at(500);
  expect(shown()).toEqual(['\rread 500 B, 1.0 kB/s\u001b[K']);
});

test.each([
  ['what is done at once', true, 200],
  ['no terminal', false, 5000],
])('nothing is written for %s', (_what, terminal, ms) => {
  const shown = drawn(terminal);
  const bar = new ProgressBar(10);
  vi.advanceTimersByTime(ms);
  bar.at(5);
  bar.end();
  expect(shown()).toEqual([]);
});
