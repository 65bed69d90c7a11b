import { Command } from 'commander';
import { expect, test } from 'vitest';
import { addLimitOptions } from '../../../../src/cli/commands/capture/limit-options.js';

function parsed(...words: readonly string[]): unknown {
  return addLimitOptions(new Command('x')).exitOverride().parse(words, { from: 'user' }).opts();
}

test.each([
  ['1M', 1 << 20],
  ['1.5g', 1.5 * 2 ** 30],
  ['2 GiB', 2 ** 31],
  ['2048kB', 2 << 20],
  ['1048576', 1 << 20],
  ['1t', 2 ** 40],
])('--max-size %s', (text, bytes) => {
  expect(parsed('--max-size', text)).toEqual({ maxSize: bytes });
});

test.each([
  ['', 'not a size'],
  ['10X', 'not a size'],
  ['-1', 'not a size'],
  ['1e9', 'not a size'],
  ['100k', 'a file holds at least 1M'],
  ['1048575', 'a file holds at least 1M'],
  ['99999999T', 'at most 8000T'],
])('--max-size %s is refused', (text, reason) => {
  expect(() => parsed('--max-size', text)).toThrow(
    expect.objectContaining({
      subject: `--max-size ${text}`,
      reason: expect.stringContaining(reason) as string,
    }),
  );
});

test('counts, and nothing where nothing is given', () => {
  expect(parsed()).toEqual({});
  expect(parsed('--max-sessions', '2', '--keep', '10')).toEqual({ maxSessions: 2, keep: 10 });
  expect(() => parsed('--keep', '0')).toThrow('--keep 0: not a number from 1; write 10, for example');
});
