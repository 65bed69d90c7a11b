import { expect, test } from 'vitest';
import { messageKinds } from '../../../src/recording/message.js';
import { flags, flagsOf, isRare, noName, numberOfNone, slow } from '../../../src/store/rows/frame-flags.js';
import { message } from '../../support/message.js';

test('what is usual has no flags, so that the index on them stays small', () => {
  expect(flagsOf(message('command', '{}'), 2, undefined)).toBeNull();
  expect(flagsOf(message('success', '{}'), 1, slow - 1)).toBeNull();
  expect(flagsOf(message('event', '{}'), undefined, undefined)).toBeNull();
});

test('what is rare has its own', () => {
  expect(flagsOf(message('command', '{}'), undefined, undefined)).toBe(flags.pending);
  expect(flagsOf(message('success', '{}'), 1, slow)).toBe(flags.slow);
  expect(flagsOf(message('sync', '{}'), undefined, undefined)).toBe(flags.rare);
  const all = { oob: true, injected: true, fds: 3, problem: 'no', untimed: true } as const;
  expect(flagsOf(message('command', '{}', all), 2, undefined)).toBe(
    flags.oob | flags.injected | flags.fds | flags.problem | flags.untimed,
  );
});

test('each flag is a bit of its own', () => {
  const bits = Object.values(flags);
  expect(bits.reduce((sum, bit) => sum + bit, 0)).toBe(2 ** bits.length - 1);
});

test('a kind without a name is found by the index on names, or by that on flags', () => {
  for (const kind of messageKinds) {
    const isFlagged = flagsOf(message(kind, '{}'), 2, undefined) !== null;
    expect(isFlagged || numberOfNone(kind) === noName, kind).toBe(true);
    expect(isFlagged, kind).toBe(isRare(kind));
  }
});
