import { describe, expect, test } from 'vitest';
import { divergence } from '../../../src/replay/match/divergence.js';
import {
  DivergenceList,
  jsonReport,
  junitReport,
  type ReplaySummary,
} from '../../../src/replay/match/summary.js';

const session = { session: 1, played: 3, unused: 0, repeated: {}, forwarded: 0, skipped: 0 };
const found = divergence({ kind: 'miss', session: 1, summary: `'a<b' & "c"` });
const diverged: ReplaySummary = { sessions: [session], diverged: 1, divergences: [found] };
const head = { recording: 'x.qmptap', role: 'server' } as const;

describe('a report', () => {
  test('as JSON holds all, and each account', () => {
    expect(JSON.parse(jsonReport(head, diverged))).toMatchObject({
      type: 'replay',
      role: 'server',
      recording: 'x.qmptap',
      outcome: 'diverged',
      diverged: 1,
      sessions: [{ session: 1, played: 3 }],
      divergences: [{ kind: 'miss', account: `session 1: 'a<b' & "c"` }],
    });
    expect(jsonReport(head, { ...diverged, diverged: 0 })).toContain('"outcome": "as recorded"');
  });

  test('as JUnit XML has a failed case for each divergence', () => {
    expect(junitReport(head, diverged)).toBe(`<?xml version="1.0" encoding="UTF-8"?>
<testsuites>
  <testsuite name="replay server x.qmptap session 1" tests="2" failures="1">
    <testcase classname="replay server x.qmptap session 1" name="3 messages as recorded"/>
    <testcase classname="replay server x.qmptap session 1" name="'a&lt;b' &amp; &quot;c&quot;">
      <failure type="miss">session 1: 'a&lt;b' &amp; &quot;c&quot;</failure>
    </testcase>
  </testsuite>
</testsuites>
`);
  });

  test('has a suite for a session that nobody came for', () => {
    expect(junitReport(head, { ...diverged, sessions: [] })).toContain('failures="1"');
  });
});

test('a list of divergences counts all and keeps a hundred', () => {
  const list = new DivergenceList();
  for (let count = 0; count < 150; count++) list.add(found);
  expect(list.count).toBe(150);
  expect(list.kept).toHaveLength(100);
});
