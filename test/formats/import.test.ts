import { describe, expect, test } from 'vitest';
import { ImportedTraffic, type ImportTarget, whenKnown } from '../../src/formats/import.js';
import { MemoryRecording } from '../../src/recording/memory.js';
import { importStarted, memorySink } from '../support/imported.js';

const start = { started: undefined, note: 'from a test' };
const stop = new TextEncoder().encode('{"execute":"stop"}\r\n');

function importing(more: Partial<ImportTarget> = {}): {
  recording: MemoryRecording;
  traffic: ImportedTraffic;
} {
  const recording = new MemoryRecording();
  const target = {
    sink: memorySink(recording),
    source: 'x.log',
    started: importStarted,
    skip: () => undefined,
  };
  return { recording, traffic: new ImportedTraffic({ ...target, ...more }) };
}

describe('ImportedTraffic', () => {
  test('a session begins with the first time that is told in it', () => {
    const { recording, traffic } = importing();
    const session = traffic.open(start);
    session.say('c2s', undefined, stop);
    expect(recording.sessions()).toHaveLength(0);
    session.say('c2s', importStarted + 5_000_000, stop);
    expect(recording.sessions()).toMatchObject([
      { started: importStarted + 5_000_000, notes: ['reconstructed: from a test'] },
    ]);
    expect(Array.from(recording.messages(), ({ t, untimed }) => [t, untimed])).toEqual([
      [0, true],
      [0, undefined],
    ]);
  });

  test('one that somebody watches begins at once', () => {
    const { recording, traffic } = importing({ prompt: true });
    traffic.open(start).say('c2s', undefined, stop);
    expect(recording.sessions()).toMatchObject([{ started: importStarted }]);
  });

  test('one without any time begins when the file says, at its end or when much has come', () => {
    const { recording, traffic } = importing();
    traffic.open(start).close(undefined, 'cut-off');
    expect(recording.sessions()).toMatchObject([{ started: importStarted, end: 'cut-off' }]);
    const long = traffic.open(start);
    for (let times = 0; times < 10_000; times++) long.say('c2s', undefined, stop);
    expect(recording.count()).toBe(10_000);
  });

  test('a clock that goes back is told, and time does not', () => {
    const { recording, traffic } = importing();
    const session = traffic.open({ ...start, started: importStarted });
    for (const seconds of [1, 3, 2, 4]) session.say('c2s', importStarted + seconds * 1e6, stop);
    session.close(undefined, 'client-closed');
    expect(Array.from(recording.messages(), ({ t }) => t / 1e9)).toEqual([1, 3, 3, 4]);
    expect(recording.sessions()[0]?.notes.at(-1)).toContain('went back 1 times');
  });

  test('sessions share one clock', () => {
    const { recording, traffic } = importing();
    for (const seconds of [0, 10]) {
      const session = traffic.open({
        ...start,
        started: importStarted + seconds * 1e6,
        label: `at ${seconds}`,
        server: 'mon=1',
      });
      session.say('c2s', importStarted + (seconds + 1) * 1e6, stop);
      session.close(undefined, 'client-closed');
    }
    expect(
      recording
        .sessions()
        .map(({ label, started, server }) => [label, started - importStarted, server.address]),
    ).toEqual([
      ['at 0', 0, 'mon=1'],
      ['at 10', 10e6, 'mon=1'],
    ]);
    expect(Array.from(recording.messages(), ({ t }) => t)).toEqual([1e9, 1e9]);
  });

  test('the end says why, and that lines are missing', () => {
    const { recording, traffic } = importing({ label: 'vm' });
    const session = traffic.open(start);
    session.remark(importStarted, 'what libvirt said');
    session.gap();
    session.close(importStarted, 'server-reset', 'no more');
    expect(recording.sessions()).toMatchObject([
      { label: 'vm', end: 'server-reset', endReason: 'no more; lines of the log were left out' },
    ]);
    expect(recording.sessions()[0]?.notes.at(-1)).toBe('2026-11-20T09:00:00.000000Z what libvirt said');
  });
});

test('a time that no clock shows is not known', () => {
  expect([whenKnown(5), whenKnown(2 ** 53), whenKnown(0.5), whenKnown(NaN), whenKnown(undefined)]).toEqual([
    5,
    undefined,
    undefined,
    undefined,
    undefined,
  ]);
});
