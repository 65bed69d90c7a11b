import { expect, test } from 'vitest';
import { accountOf, actualLine, divergence } from '../../../src/replay/match/divergence.js';
import { bytesOf } from '../playbook.js';

test('an account reads as a script', () => {
  const told = divergence({
    kind: 'difference',
    session: 2,
    summary: 'it differs',
    before: [{ dir: 'c2s', seq: 4, text: '{"execute":"x"}' }],
    expected: [{ dir: 's2c', seq: 5, text: '{"return": 1}' }],
    actual: [actualLine('s2c', bytesOf('{"return": \x1b}\r\n'))],
    differences: [
      { path: 'return', expected: '1', actual: undefined },
      { path: 'a', expected: undefined, actual: '2' },
    ],
    candidates: [{ dir: 'c2s', seq: 12345, text: '{}', how: 'the same', same: true }],
  });
  expect(accountOf(told)).toBe(`session 2: it differs
    #4    -> {"execute":"x"}
  expected
    #5    <- {"return": 1}
  actual
          <- {"return": \\x1b}
  differences
    return: expected 1, got nothing
    a: not recorded, got 2
  nearest recorded
    #12345 -> {}
             the same`);
});

test('what is not known is not said, and of much the beginning', () => {
  expect(accountOf(divergence({ kind: 'unused', session: 1, summary: 'nobody came' }))).toBe(
    'session 1: nobody came',
  );
  const differences = Array.from({ length: 60 }, (_, at) => ({ path: `p${at}`, expected: '1', actual: '2' }));
  const lines = accountOf(divergence({ kind: 'difference', session: 1, summary: 's', differences })).split(
    '\n',
  );
  expect(lines).toHaveLength(53);
  expect(lines.at(-1)).toBe('    ... and 10 more');
});
