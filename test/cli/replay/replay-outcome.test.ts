import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, test, vi } from 'vitest';
import type { Log } from '../../../src/cli/output/log.js';
import { DivergenceTeller, sumUp, writeReport } from '../../../src/cli/replay/replay-outcome.js';
import { OutputError } from '../../../src/errors.js';
import { divergence } from '../../../src/replay/match/divergence.js';
import type { ReplayedSession, ReplaySummary } from '../../../src/replay/match/summary.js';
import { testFolder } from '../../support/folder.js';

afterEach(() => {
  vi.restoreAllMocks();
});

const whole: ReplayedSession = { session: 1, played: 3, unused: 0, repeated: {}, forwarded: 0, skipped: 0 };
const asRecorded: ReplaySummary = { sessions: [whole], diverged: 0, divergences: [] };

describe('the sum at the end', () => {
  test('of what went as recorded', () => {
    expect(sumUp(asRecorded)).toBe('as recorded; 3 messages of the client');
  });

  test('of everything else', () => {
    const other = {
      ...whole,
      played: 1,
      unused: 2,
      forwarded: 4,
      skipped: 5,
      repeated: { 'x\u001b': 1, y: 2 },
    };
    expect(sumUp({ ...asRecorded, sessions: [whole, other], diverged: 1 })).toBe(
      'diverged in 1 place; 4 messages of the client; 2 recorded ones not played; 5 left out by --read-only; ' +
        '4 answered by the real server; last answer to x\\u001b repeated 1 time; last answer to y repeated 2 times',
    );
  });
});

describe('divergences', () => {
  const found = divergence({ kind: 'surplus', session: 1, summary: 'a client too many' });

  /** What is written and logged of so many divergences. */
  function told(
    count: number,
    logFormat: 'json' | 'pretty',
    enabled = true,
  ): { text: string; logged: unknown[] } {
    const logged: unknown[] = [];
    const write = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
    const log = {
      warn: (...given: unknown[]) => logged.push(given),
      isLevelEnabled: () => enabled,
    } as unknown as Log;
    const teller = new DivergenceTeller(log, { logFormat });
    for (let at = 0; at < count; at++) teller.tell(found);
    return { text: write.mock.calls.map(([chunk]) => String(chunk)).join(''), logged };
  }

  test('are told to people in full, the first twenty of them', () => {
    const { text, logged } = told(25, 'pretty');
    expect(text.match(/a client too many/g)).toHaveLength(20);
    expect(logged).toEqual([['more divergences are counted, not shown; --report FILE keeps a hundred']]);
  });

  test('are told to programs with their kind, all of them', () => {
    const { text, logged } = told(25, 'json');
    expect(text).toBe('');
    expect(logged).toHaveLength(25);
    expect(logged[0]).toEqual([
      { divergence: { kind: 'surplus', session: 1 } },
      expect.stringContaining('a client too many'),
    ]);
  });

  test('are not told where warnings are not wanted', () => {
    expect(told(25, 'pretty', false)).toEqual({ text: '', logged: [] });
  });
});

describe('the report', () => {
  const head = { recording: 'a.qmptap', role: 'server' } as const;

  test.each([
    ['r.json', /^\{/],
    ['r.xml', /^<\?xml/],
  ])('%s is written in its format, over what was there', (name, begins) => {
    const path = join(testFolder(), name);
    writeFileSync(path, 'before');
    writeReport(path, head, asRecorded);
    expect(readFileSync(path, 'utf8')).toMatch(begins);
  });

  test('goes through no link, and to no folder', () => {
    const folder = testFolder();
    const [mine, link] = [join(folder, 'mine'), join(folder, 'r.json')];
    writeFileSync(mine, 'mine');
    symlinkSync(mine, link);
    writeReport(link, head, asRecorded);
    expect([readFileSync(mine, 'utf8'), readFileSync(link, 'utf8')]).toEqual([
      'mine',
      expect.stringMatching(/^\{/),
    ]);
    mkdirSync(join(folder, 'd'));
    for (const path of [join(folder, 'd'), join(folder, 'none', 'r.json')]) {
      expect(() => { writeReport(path, head, asRecorded); }).toThrow(OutputError); // prettier-ignore
    }
    writeReport(undefined, head, asRecorded);
  });
});
