import { expect, test } from 'vitest';
import { finding } from '../../../src/inspect/why/finding.js';
import {
  findingJson,
  findingsSummary,
  findingText,
  nextCommand,
  reaches,
} from '../../../src/inspect/why/why-text.js';

const at = { session: 2, seq: 904, t: 20_430_000_000, started: 1_795_165_949_000_000 };
const one = finding({
  kind: 'held-monitor',
  at,
  subject: 'query-block',
  title: 'held by query-block\u001b',
  cause: 'Because.',
  next: { command: 'show', filter: "session:2 seq>=904 it's" },
});
const place = { sources: ['my vm.qmptap'], clock: () => '10:56:11.123' };

test('four lines, escaped, with a command that can be pasted', () => {
  expect(Array.from(findingText(one, place), ({ text }) => text)).toEqual([
    'error    held by query-block\\u001b',
    '         session 2 #904 · 10:56:11.123 · 20.430000s after the session began',
    '         Because.',
    "         qmptap show 'my vm.qmptap' 'session:2 seq>=904 it'\\''s'",
  ]);
});

test('a time that is not known is not shown', () => {
  const untimed = { ...one, at: { ...at, untimed: true as const } };
  expect(Array.from(findingText(untimed, place), ({ text }) => text)[1]).toBe('         session 2 #904');
  expect(findingJson(untimed, [])).toMatchObject({ t: undefined, time: undefined, seq: 904 });
  expect(Array.from(findingText({ ...one, at: undefined }, place))).toHaveLength(3);
});

test('JSON', () => {
  expect(findingJson(one, ['a.qmptap'])).toEqual({
    type: 'finding',
    kind: 'held-monitor',
    level: 'error',
    session: 2,
    seq: 904,
    t: 20.43,
    time: '2026-11-20T09:12:49.430000Z',
    subject: 'query-block',
    title: 'held by query-block\u001b',
    cause: 'Because.',
    next: "qmptap show a.qmptap 'session:2 seq>=904 it'\\''s'",
    seqs: [904],
    count: 1,
  });
  expect(nextCommand({ command: 'stories', filter: '' }, ['a'])).toBe('qmptap stories a');
});

test('the summary, and what a level reaches', () => {
  expect(findingsSummary([], 3, 1)).toBe('nothing found that went wrong: 3 messages in 1 session');
  expect(findingsSummary([one, { ...one, level: 'note' }], 3, 1)).toBe(
    '1 error, 1 note in 3 messages in 1 session',
  );
  expect([reaches([one], 'error'), reaches([{ ...one, level: 'note' }], 'warning'), reaches([], 'note')]).toEqual([true, false, false]); // prettier-ignore
});
