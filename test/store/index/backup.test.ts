import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { RecordingReader } from '../../../src/recording/ports.js';
import { openRecording } from '../../../src/store/index/open.js';
import { StoredMarks } from '../../../src/store/read/marks.js';
import { testFolder } from '../../support/folder.js';
import { bytes, chatter, crashed, record, start, variedTraffic } from '../traffic.js';

async function copy(path: string, to: string): Promise<void> {
  using reader = openRecording(path);
  await reader.copyTo(to);
}

function frames(reader: RecordingReader): string[] {
  return [...reader.messages()].map(
    ({ session, dir, raw }) => `${session}${dir}${Buffer.from(raw).toString('latin1')}`,
  );
}

describe('a backup', () => {
  test('of a finished recording has all of it, marks too, in one file', async () => {
    const folder = testFolder();
    const [path, to] = [join(folder, 'a.qmptap'), join(folder, 'b.qmptap')];
    const recording = await record(path);
    chatter(recording, recording.open(start, 0), 50);
    await recording.finish();
    new StoredMarks(path).put({ session: 1, seq: 4, note: 'here' });
    const before = readFileSync(path);
    await copy(path, to);
    expect(readFileSync(path).equals(before)).toBe(true);
    using one = openRecording(path);
    using other = openRecording(to);
    expect(frames(other)).toEqual(frames(one));
    expect(other.sessions()).toEqual(one.sessions());
    expect(other.info).toEqual({ ...one.info, path: to });
    expect([...other.damage()]).toEqual([]);
    expect(new StoredMarks(to).marks()).toEqual([{ session: 1, seq: 4, note: 'here' }]);
    expect(readdirSync(folder).sort()).toEqual(['a.qmptap', 'b.qmptap']);
  });

  test('of one that is being made is a sound copy of its beginning, whatever the recorder does meanwhile', async () => {
    const folder = testFolder();
    const path = join(folder, 'a.qmptap');
    const recording = await record(path, { segmentSize: 20_000 });
    const session = recording.open(start, 0);
    chatter(recording, session, 100);
    await recording.flush();
    const copies: { to: string; told: number }[] = [];
    let told = 203;
    let t = 1e9;
    for (let round = 0; round < 8; round++) {
      for (let n = 0; n < 400; n++, told++) {
        recording.chunk(session, {
          dir: 's2c',
          t: t++,
          bytes: bytes(`{"event":"E${n}","data":"${'x'.repeat(round * 40)}"}\r\n`),
          fds: 0,
        });
      }
      const flushed = recording.flush(); // all is in the journal now, and on its way into the tables
      const to = join(folder, `copy-${round}.qmptap`);
      await copy(path, to);
      copies.push({ to, told });
      await flushed;
    }
    recording.close(session, t, 'client-closed', undefined);
    await recording.finish();
    using whole = openRecording(path);
    const all = frames(whole);
    expect(all).toHaveLength(told);
    for (const { to, told: least } of copies) {
      using copied = openRecording(to);
      expect(frames(copied)).toEqual(all.slice(0, least));
      expect(copied.info).toMatchObject({ live: false, incomplete: 'it was copied while it was being made' });
      expect(copied.sessions()[0]).toMatchObject({
        end: 'cut-off',
        endReason: 'it was copied while it was being made',
      });
      expect([...copied.damage()]).toEqual([]);
    }
    expect(readdirSync(folder)).toHaveLength(copies.length + 1);
  });

  test('of what a crash left has what the journal held', async () => {
    const folder = testFolder();
    const [path, to] = [join(folder, 'a.qmptap'), join(folder, 'b.qmptap')];
    crashed(
      path,
      (sink) => {
        variedTraffic(sink, 2, 60);
      },
      4_000,
    );
    await copy(path, to);
    using one = openRecording(path);
    using other = openRecording(to);
    expect(frames(other)).toEqual(frames(one));
    expect(other.count()).toBeGreaterThan(60);
  });

  test('overwrites nothing, and leaves nothing where it fails', async () => {
    const folder = testFolder();
    const [path, to] = [join(folder, 'a.qmptap'), join(folder, 'b.qmptap')];
    crashed(path, (sink) => {
      variedTraffic(sink, 2, 60);
    });
    writeFileSync(to, 'precious');
    await expect(copy(path, to)).rejects.toThrow(/exists/);
    expect(readFileSync(to, 'utf8')).toBe('precious');
    const other = join(folder, 'no', 'c.qmptap');
    await expect(copy(path, other)).rejects.toThrow(/no such file/);
    expect(readdirSync(folder).sort()).toEqual(['a.qmptap', 'b.qmptap']);
  });
});
