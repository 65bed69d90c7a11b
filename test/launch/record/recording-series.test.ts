import { randomBytes } from 'node:crypto';
import { mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { numberedFiles, singleFile, type RecordingPlace } from '../../../src/launch/record/recording-name.js';
import {
  RecordingSeries,
  type SeriesEvent,
  type SeriesOptions,
} from '../../../src/launch/record/recording-series.js';
import { RedactingSink } from '../../../src/proxy/redacting-sink.js';
import type { TrafficSink } from '../../../src/recording/ports.js';
import { openRecording } from '../../../src/store/index/open.js';
import { chatter, start } from '../../store/traffic.js';
import { testFolder } from '../../support/folder.js';
import { until } from '../../support/until.js';

/** A series in `folder`, and what it tells, a line each. */
async function series(folder: string, options: Partial<SeriesOptions>) {
  const told: string[] = [];
  const onEvent = (event: SeriesEvent): void => {
    if (event.type === 'trouble') told.push(event.text);
    else told.push(`${event.type} ${event.path.slice(folder.length + 1)}`);
  };
  const place = numberedFiles(join(folder, 'a.qmptap'));
  return { told, recorder: await RecordingSeries.begin({ place, onEvent, ...options }) };
}

function session(sink: TrafficSink, exchanges = 1): void {
  const id = sink.open(start, 1_000);
  chatter(sink, id, exchanges);
  sink.close(id, 9_000_000, 'client-closed', undefined);
}

/** A number of bytes that no other message has. */
function event(length: number): Uint8Array {
  const data = randomBytes(length / 2).toString('hex');
  return new TextEncoder().encode(`{"event": "X", "data": {"text": "${data}"}}\r\n`);
}

function sessionsIn(path: string): { id: number; end: string | undefined; notes: readonly string[] }[] {
  using recording = openRecording(path);
  return recording.sessions().map(({ id, end, notes }) => ({ id, end, notes }));
}

const ids = (path: string): number[] => sessionsIn(path).map(({ id }) => id);

describe('a series of recordings', () => {
  test('begins a new file behind so many sessions; their numbers go on', async () => {
    const folder = testFolder();
    const { recorder, told } = await series(folder, { maxSessions: 2, note: 'qemu -S', firstNote: 'first' });
    for (let n = 0; n < 5; n++) session(recorder, n);
    const files = await recorder.finish();

    const paths = [1, 2, 3].map((n) => join(folder, `a-0000${n}.qmptap`));
    expect(files).toMatchObject([
      { path: paths[0], firstSession: 1, sessions: 2, messages: 8, incomplete: undefined },
      { path: paths[1], firstSession: 3, sessions: 2, messages: 16, incomplete: undefined },
      { path: paths[2], firstSession: 5, sessions: 1, messages: 11, incomplete: undefined },
    ]);
    expect(paths.map(ids)).toEqual([[1, 2], [3, 4], [5]]);
    expect(paths.map((path) => sessionsIn(path).map(({ notes }) => notes))).toEqual([
      [['first'], []],
      [['qemu -S'], []],
      [['qemu -S']],
    ]);
    expect(told.filter((line) => line.startsWith('file-begun'))).toEqual([
      'file-begun a-00002.qmptap',
      'file-begun a-00003.qmptap',
    ]);
    expect(readdirSync(folder).sort()).toEqual(['a-00001.qmptap', 'a-00002.qmptap', 'a-00003.qmptap']);
  });

  test('never cuts a session: it ends in the file in which it began', async () => {
    const folder = testFolder();
    const { recorder, told } = await series(folder, { maxSessions: 1 });
    const long = recorder.open(start, 1_000);
    session(recorder);
    session(recorder);
    chatter(recorder, long, 100);
    await recorder.flush();
    expect(told).not.toContain('file-finished a-00001.qmptap');
    recorder.close(long, 9_000_000, 'server-closed', undefined);
    await until('the file to be finished', () => told.includes('file-finished a-00001.qmptap'));
    await recorder.finish();
    expect(sessionsIn(join(folder, 'a-00001.qmptap'))).toMatchObject([{ id: 1, end: 'server-closed' }]);
    using recording = openRecording(join(folder, 'a-00001.qmptap'));
    expect(recording.count()).toBe(203);
    expect(ids(join(folder, 'a-00003.qmptap'))).toEqual([3]);
  });

  test('an endless session grows past the size, which is told once; the next one begins a new file', async () => {
    const folder = testFolder();
    const { recorder, told } = await series(folder, { maxSize: 1 << 20 });
    const endless = recorder.open(start, 1_000);
    for (let n = 0; n < 30; n++)
      recorder.chunk(endless, { dir: 's2c', t: 2_000 + n, bytes: event(100_000), fds: 0 });
    await recorder.flush();
    for (let n = 0; n < 5; n++)
      recorder.chunk(endless, { dir: 's2c', t: 3_000 + n, bytes: event(1_000), fds: 0 });
    session(recorder);
    recorder.close(endless, 9_000_000, 'client-closed', undefined);
    const files = await recorder.finish();
    expect(files).toMatchObject([
      { sessions: 1, messages: 35 },
      { firstSession: 2, sessions: 1 },
    ]);
    const grown = told.filter((line) => line.includes('grows past its limit'));
    expect(grown).toEqual([
      `${join(folder, 'a-00001.qmptap')}: grows past its limit, since session 1 goes on in it and is never cut; the next session begins a new file`,
    ]);
  });

  test('goes on in the old file where no new one can be made, and says so once', async () => {
    const folder = testFolder();
    const names = numberedFiles(join(folder, 'a.qmptap'));
    let there = true;
    const place: RecordingPlace = {
      ...names,
      next: (now) => (there ? names.next(now) : '/dev/null/a.qmptap'),
    };
    const { recorder, told } = await series(folder, { maxSessions: 1, place });
    session(recorder);
    there = false;
    session(recorder);
    session(recorder);
    expect(
      told.filter((line) => line.startsWith('no new file can be begun: /dev/null/a.qmptap')),
    ).toHaveLength(1);
    there = true;
    session(recorder);
    expect((await recorder.finish()).map(({ sessions }) => sessions)).toEqual([3, 1]);
  });

  test('has no more files open than it can afford', async () => {
    const folder = testFolder();
    const { recorder, told } = await series(folder, { maxSessions: 1 });
    const open = Array.from({ length: 9 }, () => recorder.open(start, 1_000));
    expect(told.filter((line) => line.includes('6 files have a session that goes on'))).toHaveLength(1);
    for (const id of open) recorder.close(id, 2_000, 'client-closed', undefined);
    const files = await recorder.finish();
    expect(files.map(({ sessions }) => sessions)).toEqual([1, 1, 1, 1, 1, 4]);
  });

  test('works behind a redaction, session by session', async () => {
    const folder = testFolder();
    const { recorder } = await series(folder, { maxSessions: 1 });
    const sink = new RedactingSink(recorder);
    const [one, two] = [sink.open(start, 1_000), sink.open(start, 1_000)];
    const password = new TextEncoder().encode(
      '{"execute":"set_password","arguments":{"protocol":"vnc","password":"hunter2"}}\r\n',
    );
    for (const id of [two, one]) sink.chunk(id, { dir: 'c2s', t: 2_000, bytes: password, fds: 0 });
    for (const id of [one, two]) sink.close(id, 3_000, 'client-closed', undefined);
    const files = await recorder.finish();
    expect(files.map(({ messages }) => messages)).toEqual([1, 1]);
    for (const { path, firstSession } of files) {
      using recording = openRecording(path);
      const [message] = [...recording.messages()];
      expect(message).toMatchObject({ session: firstSession, name: 'set_password' });
      expect(new TextDecoder().decode(message?.raw)).not.toContain('hunter2');
    }
  });

  test('keeps so many, those of an earlier recorder included', async () => {
    const folder = testFolder();
    for (const sessions of [3, 3]) {
      const { recorder, told } = await series(folder, { maxSessions: 1, keep: 2 });
      for (let n = 0; n < sessions; n++) {
        session(recorder);
        await recorder.flush();
      }
      const files = await recorder.finish();
      expect(files.length).toBeLessThanOrEqual(3);
      expect(told.filter((line) => line.startsWith('file-removed')).length).toBeGreaterThan(0);
    }
    expect(
      readdirSync(folder)
        .filter((name) => name.endsWith('.qmptap'))
        .sort(),
    ).toEqual(['a-00005.qmptap', 'a-00006.qmptap']);
  });

  test('removes what is too much as soon as it begins', async () => {
    const folder = testFolder();
    for (const told of [false, true]) {
      const before = await series(folder, { maxSessions: 1, keep: 3 });
      if (told)
        await until('the oldest to be removed', () => before.told.includes('file-removed a-00001.qmptap'));
      else for (let n = 0; n < 3; n++) session(before.recorder);
      await before.recorder.finish();
    }
  });

  test('is one file without limits, whatever it is called', async () => {
    const folder = testFolder();
    mkdirSync(join(folder, 'b'));
    const { recorder } = await series(folder, { place: singleFile(join(folder, 'b', 'x')) });
    for (let n = 0; n < 3; n++) session(recorder);
    expect(await recorder.finish()).toMatchObject([{ sessions: 3, messages: 15 }]);
    expect(readdirSync(join(folder, 'b'))).toEqual(['x']);
    using recording = openRecording(join(folder, 'b', 'x'));
    expect(recording.info.createdBy).not.toContain('series');
  });

  test.each([{ maxSize: 1000 }, { maxSessions: 0 }, { keep: 1.5 }, { keep: NaN }])(
    'refuses %j',
    async (wrong) => {
      const folder = testFolder();
      await expect(series(folder, wrong)).rejects.toThrow(
        'not a whole number in its range; give a number from',
      );
      expect(readdirSync(folder)).toEqual([]);
    },
  );
});
