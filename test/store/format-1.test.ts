/** What qmptap wrote before format 2 stays usable for good. */
import { createHash } from 'node:crypto';
import { copyFileSync, readdirSync, readFileSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { replayClient } from '../../src/launch/replay/replay-client.js';
import { replayServer } from '../../src/launch/replay/replay-server.js';
import type { RecordingReader } from '../../src/recording/ports.js';
import { openRecording } from '../../src/store/index/open.js';
import { removeOldest } from '../../src/store/index/prune.js';
import { StoredMarks } from '../../src/store/read/marks.js';
import { testFolder } from '../support/folder.js';
import { run } from '../support/process.js';

const fixtures = 'test/fixtures/format-1';

/** A folder with copies of the fixtures. */
function copies(): string {
  const folder = testFolder();
  for (const name of readdirSync(fixtures)) copyFileSync(join(fixtures, name), join(folder, name));
  return folder;
}

/** Counts, and a hash over all frames in their order. */
function contents(reader: RecordingReader): object {
  const hash = createHash('sha256');
  for (const { session, dir, raw } of reader.messages()) hash.update(`${session}${dir}`).update(raw);
  return {
    sessions: reader.sessions().map(({ messages, end }) => [messages, end]),
    frames: hash.digest('hex').slice(0, 16),
  };
}

describe('a recording of format 1', () => {
  test.each([
    [
      'finished',
      [
        [19, 'client-closed'],
        [19, 'client-closed'],
        [22, 'client-closed'],
      ],
      '763b4a9fdb50217e',
      undefined,
    ],
    ['run', [[18, 'client-closed']], 'd08e69163695a849', undefined],
    ['series-00001', [[19, 'client-closed']], 'e57b19ec1c725ed4', undefined],
    [
      'crashed',
      [
        [19, 'client-closed'],
        [22, 'client-closed'],
      ],
      'a4d0f433f489e388',
      undefined,
    ],
    [
      'checkpoint',
      [
        [272, 'cut-off'],
        [371, 'cut-off'],
      ],
      '7ad399c138d41f3d',
      undefined,
    ],
  ])('%s: opens with all that it holds', (name, sessions, frames, incomplete) => {
    const path = join(copies(), `${name}.qmptap`);
    using reader = openRecording(path);
    expect(contents(reader)).toEqual({ sessions, frames });
    expect(reader.info).toMatchObject({
      createdBy: 'qmptap 0.1.0',
      incomplete,
      live: false,
    });
    expect([...reader.damage()]).toEqual([]);
  });

  test('whose journal was cut short opens with what is left of it', () => {
    const path = join(copies(), 'crashed.qmptap');
    truncateSync(`${path}-journal-1`, 4_000);
    using reader = openRecording(path);
    expect(reader.sessions().map(({ messages }) => messages)).toEqual([19, 14]);
  });

  test('says which series it is of', () => {
    using reader = openRecording(join(copies(), 'series-00001.qmptap'));
    expect(reader.info).toMatchObject({ format: 1, series: 'series.qmptap' });
  });

  test('is left as it is by whoever only looks', async () => {
    const path = join(copies(), 'finished.qmptap');
    const before = readFileSync(path);
    const { code, stdout } = await run(['show', path, '--session', '3', 'kind:malformed']);
    expect({ code, malformed: stdout.includes('{"execute": nonsense}') }).toEqual({
      code: 0,
      malformed: true,
    });
    expect(readFileSync(path).equals(before)).toBe(true);
  });

  test('keeps its marks and takes more', () => {
    const path = join(copies(), 'finished.qmptap');
    const marks = new StoredMarks(path);
    const old = [
      { session: 1, seq: 4, note: 'the first question' },
      { session: 2, seq: 6, note: undefined },
      { session: 3, seq: 12, note: 'Über: "quoted"' },
    ];
    expect(marks.marks()).toEqual(old);
    marks.put({ session: 2, seq: 8, note: 'new' });
    marks.remove({ session: 1, seq: 4 });
    expect(marks.marks()).toEqual([old[1], { session: 2, seq: 8, note: 'new' }, old[2]]);
    using reader = openRecording(path);
    expect(contents(reader)).toMatchObject({ frames: '763b4a9fdb50217e' });
  });

  test('without a mark takes its first', () => {
    const marks = new StoredMarks(join(copies(), 'run.qmptap'));
    expect(marks.marks()).toEqual([]);
    marks.put({ session: 1, seq: 2, note: undefined });
    expect(marks.marks()).toEqual([{ session: 1, seq: 2, note: undefined }]);
  });

  test('has the notes of its sessions', () => {
    using reader = openRecording(join(copies(), 'run.qmptap'));
    expect(reader.sessions()[0]?.notes).toEqual([expect.stringContaining('-M none -nodefaults')]);
  });

  test('replays, from both ends', async () => {
    const path = join(copies(), 'finished.qmptap');
    await using server = await replayServer(path, { session: 1 });
    await using client = await replayClient(path, { session: 1, connect: server.address });
    await client.verify();
    await server.verify();
  });

  test('is told as one of its series, whose marked ones stay', () => {
    const folder = copies();
    const series = { name: 'series.qmptap', folder, pattern: /^series-\d{5}\.qmptap$/, keep: 1 };
    expect(removeOldest(series)).toEqual([{ path: join(folder, 'series-00001.qmptap'), trouble: undefined }]);
    expect(removeOldest({ ...series, name: 'another.qmptap' })).toEqual([]);
  });
});
