import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import {
  byWeight,
  filterOf,
  finding,
  type FindingKind,
  findingKinds,
  Numbers,
  termOf,
} from '../../../src/inspect/why/finding.js';

const made = (kind: FindingKind, more: object = {}) =>
  finding({ kind, subject: '', title: '', cause: '', next: { command: 'show', filter: '' }, ...more });

test('errors before warnings before notes, then by weight, then by time', () => {
  const at = (t: number) => ({ session: 1, seq: 1, t, started: 0 });
  const all = [
    made('throttled-events'),
    made('costly-poll'),
    made('removal-unfinished', { at: at(2) }),
    made('removal-unfinished', { at: at(1) }),
    made('held-monitor', { level: 'note' }),
    made('held-monitor'),
  ];
  expect(
    all.sort(byWeight).map(({ kind, level, at: when }) => `${level} ${kind} ${when?.t ?? ''}`.trim()),
  ).toEqual([
    'error held-monitor',
    'error removal-unfinished 1',
    'error removal-unfinished 2',
    'warning costly-poll',
    'note held-monitor',
    'note throttled-events',
  ]);
});

test('the table is in the order of its weights, and each row is in the documentation', () => {
  const weights = Object.values(findingKinds).map(({ weight }) => weight);
  expect(weights).toEqual(weights.toSorted((a, b) => b - a));
  const page = readFileSync('docs/why.md', 'utf8');
  for (const [kind, { level, about }] of Object.entries(findingKinds))
    expect(page.replace(/ +/g, ' ')).toContain(`| \`${kind}\` | ${level} | ${about} |`);
});

test('numbers: the first twenty, and how many', () => {
  const numbers = new Numbers();
  for (let seq = 1; seq <= 30; seq++) numbers.add(seq);
  expect([numbers.count, numbers.seqs.length]).toEqual([30, 20]);
  expect(filterOf(2, [3, 4])).toBe('session:2 seq:3,4');
  expect(termOf('cmd', 'a b')).toBe('cmd:"a b"');
});
