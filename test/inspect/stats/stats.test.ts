import { describe, expect, test } from 'vitest';
import { parseFilter } from '../../../src/inspect/filter/filter.js';
import { collectStatistics } from '../../../src/inspect/stats/stats.js';
import { MemoryRecording } from '../../../src/recording/memory.js';
import { message } from '../../support/message.js';
import { exchange, played } from '../../support/conversation.js';

const greeting = {
  QMP: { version: { qemu: { major: 7, minor: 2, micro: 0 }, package: '' }, capabilities: [] },
};
const event = (name: string): object => ({ event: name, timestamp: { seconds: 1, microseconds: 1 } });

const recording = played([
  ['<-', greeting],
  ...exchange('qmp_capabilities', undefined, {}, 2),
  ...exchange('query-status', undefined, { status: 'running' }, 4),
  ['<-', event('STOP')],
  ...exchange('query-status', undefined, { status: 'paused' }, 10),
  ['->', { execute: 'device_add', arguments: { driver: 'x' } }, 100],
  ['<-', { error: { class: 'GenericError', desc: 'no' } }, 3],
  ['->', { execute: 'query-status' }],
  ['<-', event('STOP'), 50],
  ['<-', event('RESUME')],
]);
const ms = (count: number): number => count * 1_000_000;

describe('collectStatistics', () => {
  const statistics = collectStatistics([{ reader: recording }]);

  test('counts commands, errors and what was not answered', () => {
    expect(
      statistics.commands.map(({ name, count, errors, unanswered }) => [name, count, errors, unanswered]),
    ).toEqual([
      ['query-status', 3, 0, 1],
      ['device_add', 1, 1, 0],
      ['qmp_capabilities', 1, 0, 0],
    ]);
    expect(statistics.commands[0]).toMatchObject({
      p50: ms(4),
      p95: ms(10),
      p99: ms(10),
      max: ms(10),
      total: ms(14),
    });
    expect(statistics.commands[0]?.bytes).toEqual({
      c2s: 3 * '{"execute":"query-status"}\r\n'.length,
      s2c: '{"return":{"status":"running"}}\r\n{"return":{"status":"paused"}}\r\n'.length,
    });
    expect(statistics.kinds).toEqual({ greeting: 1, command: 5, success: 3, error: 1, event: 3 });
  });

  test('knows events, and when they came', () => {
    expect(statistics.events.map(({ name, count }) => [name, count])).toEqual([
      ['STOP', 2],
      ['RESUME', 1],
    ]);
    const [stop] = statistics.events;
    expect(stop?.overTime.reduce((sum, count) => sum + count)).toBe(2);
    expect(stop?.overTime).toHaveLength(statistics.axis.buckets);
    expect(stop?.perSecond).toBeCloseTo(2 / 0.176);
    expect(statistics.axis.overTime.reduce((sum, count) => sum + count)).toBe(statistics.messages);
  });

  test('finds the slowest, the silences and the unanswered', () => {
    expect(statistics.slowest[0]).toEqual({
      recording: 0,
      session: 1,
      seq: 7,
      t: ms(11),
      command: 'query-status',
      latency: ms(10),
    });
    expect(statistics.gaps[0]).toEqual({ recording: 0, session: 1, seq: 9, t: ms(121), silence: ms(100) });
    expect(statistics.unanswered).toEqual([
      { recording: 0, session: 1, seq: 11, t: ms(125), command: 'query-status', waited: ms(51) },
    ]);
    expect(statistics.unansweredCount).toBe(1);
  });

  test('knows how long the monitor was busy', () => {
    expect(statistics.busy).toBe(ms(2 + 4 + 10 + 3 + 51));
    expect(statistics.sessionTime).toBe(ms(176));
    expect(statistics.span).toBe(ms(176));
  });

  test('a filter chooses what counts, and an answer that it leaves out is not missing', () => {
    const { commands, unansweredCount, messages } = collectStatistics([
      { reader: recording, range: { where: parseFilter('kind:command') } },
    ]);
    expect(messages).toBe(5);
    expect(unansweredCount).toBe(1);
    expect(commands[0]).toMatchObject({ count: 3, unanswered: 1, p50: undefined });
    const responses = collectStatistics([{ reader: recording, range: { where: parseFilter('dir:s2c') } }]);
    expect(responses.commands[0]).toMatchObject({ name: 'query-status', count: 2, p50: ms(4) });
    expect(responses.busy).toBe(ms(2 + 4 + 10 + 3));
  });

  test('takes several recordings together', () => {
    const later = played({ started: 10_000_000, lines: exchange('query-status') });
    const both = collectStatistics([{ reader: recording }, { reader: later }]);
    expect(both.sessions).toBe(2);
    expect(both.commands[0]).toMatchObject({ name: 'query-status', count: 4 });
    expect(both.span).toBe(10_000_000_000 + ms(2));
    expect(both.sessionTime).toBe(ms(178));
    expect(both.axis.overTime.at(-1)).toBe(2);
  });

  test('says when a clock goes backwards', () => {
    const odd = new MemoryRecording();
    const { raw } = message('event', '{}');
    odd.openSession(1, {
      label: undefined,
      dialect: undefined,
      client: { address: 'a' },
      server: { address: 'b' },
      started: 0,
    });
    [50, 10, 60].forEach((t, index) => {
      odd.add({ ...message('event', '{}', { seq: index + 1, t: ms(t) }), raw });
    });
    const { remarks, gaps } = collectStatistics([{ reader: odd }]);
    expect(remarks).toEqual(['session 1: its clock goes backwards once; those silences are left out']);
    expect(gaps.map(({ silence }) => silence)).toEqual([ms(10)]);
  });

  test('takes more sessions than a call has arguments', () => {
    const many = new MemoryRecording();
    for (let id = 1; id <= 200_000; id++) {
      const peers = { client: { address: 'a' }, server: { address: 'b' } };
      many.openSession(id, { label: undefined, dialect: undefined, ...peers, started: id });
    }
    expect(collectStatistics([{ reader: many }]).messages).toBe(0);
  });

  test('has nothing to say of nothing', () => {
    expect(collectStatistics([{ reader: new MemoryRecording() }])).toMatchObject({
      messages: 0,
      commands: [],
      busy: 0,
      span: 0,
    });
  });
});
