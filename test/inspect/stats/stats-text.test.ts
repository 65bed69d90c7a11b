import { expect, test } from 'vitest';
import { collectStatistics } from '../../../src/inspect/stats/stats.js';
import { statisticsJson, statisticsText } from '../../../src/inspect/stats/stats-text.js';
import { MemoryRecording } from '../../../src/recording/memory.js';
import { exchange, type Line, played } from '../../support/conversation.js';

const lines: Line[] = [
  ...exchange('query-status', undefined, {}, 4),
  ['<-', { event: 'ST\u001bOP' }, 995],
  ['->', { execute: '\u001b[31mquery' }],
  ['<-', { event: 'RESUME' }, 20],
  ['<-', '}}}'],
];

function text(...recordings: MemoryRecording[]): string {
  const blocks = statisticsText(collectStatistics(recordings.map((reader) => ({ reader }))));
  return blocks.flatMap(({ heading, lines: body }) => ['', heading, ...body]).join('\n');
}

test('tells commands, events, silences and the unanswered, escaped', () => {
  const found = text(played(lines));
  expect(found).toContain('1 session, 8 messages, 123 B, 1.0s, the monitor busy 2.4 % of it, 3 malformed');
  expect(found).toMatch(/query-status +1 +4\.0ms +4\.0ms +4\.0ms +4\.0ms +4\.0ms +28 B +15 B/);
  expect(found).toContain('\\u001b[31mquery');
  expect(found).toContain('ST\\u001bOP');
  expect(found).not.toContain('\u001b');
  expect(found).toMatch(/ +995ms {2}session 1 #3 +1\.000000/);
  expect(found).toMatch(/unanswered\n *waited.*\n +21ms {2}session 1 #4/);
});

test('names the recording where there are several', () => {
  expect(text(new MemoryRecording('a.qmptap'), played(lines))).toContain('2 recordings, 1 session');
  expect(text(new MemoryRecording('a.qmptap'), played(lines))).toContain('memory session 1 #3');
});

test('tells only what there is', () => {
  expect(text(new MemoryRecording())).toBe('\n0 sessions, 0 messages, 0 B, 0us');
});

test('counts what it does not list', () => {
  const unanswered = Array.from({ length: 30 }, (): Line => ['->', { execute: 'stop' }]);
  expect(text(played(unanswered))).toContain('and 10 more');
});

test('as data, times are seconds and latencies microseconds', () => {
  expect(
    JSON.parse(JSON.stringify(statisticsJson(collectStatistics([{ reader: played(lines) }])))),
  ).toMatchObject({
    type: 'statistics',
    sessionTime: 1.022,
    busy: 0.025,
    commands: [
      { name: '\u001b[31mquery', unanswered: 1 },
      { name: 'query-status', p50Us: 4000, totalUs: 4000 },
    ],
    events: [{ name: 'RESUME', count: 1 }, { name: 'ST\u001bOP' }],
    slowest: [{ session: 1, seq: 1, command: 'query-status', latencyUs: 4000, t: 0.001 }],
    gaps: [{ session: 1, seq: 3, t: 1, silence: 0.995 }, { silence: 0.02 }, { silence: 0.004 }, {}, {}],
    unanswered: [{ command: '\u001b[31mquery', waited: 0.021 }],
  });
});
