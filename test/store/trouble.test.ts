import { EventEmitter, once } from 'node:events';
import {
  existsSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  statfsSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { OutputError } from '../../src/errors.js';
import { lockPath } from '../../src/store/disk/files.js';
import { openRecording } from '../../src/store/index/open.js';
import { testFolder } from '../support/folder.js';
import { rootTest, smallDisk } from '../support/small-disk.js';
import { expectEvents, sendEvents } from './events.js';
import { record, start } from './traffic.js';

/** Gives the traffic a moment's rest, as sockets do. */
function pause(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

describe('a recording that is stopped right after a flood', () => {
  test.each([1, 2, 3, 4, 5, 6])('has all of it (%i)', async (round) => {
    const path = join(testFolder(), 'a.qmptap');
    const recorder = await record(path, { segmentSize: 30_000 });
    recorder.open(start, 0);
    let next = 1;
    while (next <= 2_000 * round) next = sendEvents(recorder, next, 50);
    recorder.close(1, 5, 'server-closed', undefined);
    expect(await recorder.finish()).toEqual({ messages: next - 1, incomplete: undefined });
    expect(expectEvents(path)).toBe(next - 1);
  });
});

describe('on a disk that is full', () => {
  rootTest('it stops, says so once, and keeps what it has', async () => {
    const folder = smallDisk(1_500);
    const path = join(folder, 'a.qmptap');
    const lines: string[] = [];
    const recorder = await record(path, { segmentSize: 100_000, onTrouble: (line) => lines.push(line) });
    recorder.open(start, 0);
    let next = 1;
    while (!lines.some((line) => line.includes('recording stopped'))) {
      next = sendEvents(recorder, next, 100);
      await pause();
    }
    const told = next;
    while (next < told + 5_000) next = sendEvents(recorder, next, 100);
    const { incomplete } = await recorder.finish();
    expect(incomplete).toMatch(/^no space left on the disk/);
    expect(lines.at(-1)).toBe(
      `${path}: recording stopped: no space left on the disk; the traffic goes on unrecorded`,
    );
    expect(lines.slice(0, -1).every((line) => line.includes('indexing stopped: no space left'))).toBe(true);
    expect(expectEvents(path)).toBeGreaterThan(1_000);
    using recording = openRecording(path);
    expect(recording.info.incomplete).toBe('no space left on the disk');
    expect(statfsSync(folder).bavail * statfsSync(folder).bsize).toBeLessThan(1_500_000);
  });

  rootTest('it does not even begin', async () => {
    const folder = smallDisk(64);
    const filler = Buffer.alloc(1024);
    for (let n = 0; ; n++) {
      try {
        writeFileSync(join(folder, `filler-${n}`), filler);
      } catch {
        break;
      }
    }
    rmSync(join(folder, 'filler-0'), { force: true });
    writeFileSync(join(folder, 'last'), Buffer.alloc(4096));
    const path = join(folder, 'a.qmptap');
    await expect(record(path)).rejects.toThrow(
      /a\.qmptap: cannot be written: no space left on the disk; choose another/,
    );
    expect(existsSync(path)).toBe(false);
  });
});

describe('when its files are taken away', () => {
  test.each(['the folder', 'the file'])(
    '%s: the user is told, and the traffic does not suffer',
    async (what) => {
      const folder = join(testFolder(), 'deep');
      const path = join(folder, 'a.qmptap');
      const lines = new EventEmitter();
      const told = once(lines, 'line') as Promise<[string]>;
      const recorder = await record(path, { onTrouble: (line) => lines.emit('line', line) });
      recorder.open(start, 0);
      const next = sendEvents(recorder, 1, 100);
      await recorder.flush();
      rmSync(what === 'the folder' ? folder : path, { recursive: true });
      expect((await told)[0]).toMatch(
        /^[^\n]*a\.qmptap: recording stopped: the file was removed while it was recorded; the traffic goes on unrecorded$/,
      );
      sendEvents(recorder, next, 100);
      expect(await recorder.finish()).toEqual({
        messages: 0,
        incomplete: 'the file was removed while it was recorded',
      });
      expect(existsSync(path)).toBe(false);
    },
  );

  test('a recording renamed at the last moment is told of, too', async () => {
    const folder = testFolder();
    const path = join(folder, 'a.qmptap');
    const lines: string[] = [];
    const recorder = await record(path, { onTrouble: (line) => lines.push(line) });
    recorder.open(start, 0);
    await recorder.flush();
    renameSync(path, join(folder, 'b.qmptap'));
    expect(await recorder.finish()).toMatchObject({
      incomplete: `the file was moved to ${join(folder, 'b.qmptap')} while it was recorded`,
    });
    expect(lines).toHaveLength(1);
    expect(readdirSync(folder)).toEqual(['b.qmptap']);
  });
});

describe('a name that is taken', () => {
  test('is refused, and nothing overwritten', async () => {
    const folder = testFolder();
    const path = join(folder, 'a.qmptap');
    writeFileSync(path, 'mine');
    await expect(record(path)).rejects.toThrow(OutputError);
    await expect(record(path)).rejects.toThrow(
      `${path}: it exists already; choose another name or give --force`,
    );
    expect(readFileSync(path, 'utf8')).toBe('mine');
    expect(readdirSync(folder)).toEqual(['a.qmptap']);
  });

  test('is used again by force', async () => {
    const path = join(testFolder(), 'a.qmptap');
    writeFileSync(path, 'old');
    const recorder = await record(path, { force: true });
    await recorder.finish();
    using recording = openRecording(path);
    expect(recording.count()).toBe(0);
  });

  test('by a link that leads elsewhere: the link is not followed', async () => {
    const folder = testFolder();
    const path = join(folder, 'a.qmptap');
    symlinkSync('/etc/somewhere-else', path);
    await expect(record(path)).rejects.toThrow('exists already');
    expect(readlinkSync(path)).toBe('/etc/somewhere-else');
    writeFileSync(join(folder, 'target'), 'mine');
    rmSync(path);
    symlinkSync(join(folder, 'target'), path);
    await (await record(path, { force: true })).finish();
    expect(readFileSync(join(folder, 'target'), 'utf8')).toBe('mine');
  });

  test('by a recording that is being made: not even by force', async () => {
    const path = join(testFolder(), 'a.qmptap');
    const recorder = await record(path);
    await recorder.flush();
    await expect(record(path)).rejects.toThrow('exists already');
    await expect(record(path, { force: true })).rejects.toThrow(
      `${path}: it is being recorded; stop that qmptap or choose another name`,
    );
    expect(await recorder.finish()).toEqual({ messages: 0, incomplete: undefined });
  });

  test('by what is left of an earlier recording: only by force', async () => {
    const folder = testFolder();
    const path = join(folder, 'a.qmptap');
    writeFileSync(lockPath(path), '');
    writeFileSync(`${path}-journal-3`, 'x');
    await expect(record(path)).rejects.toThrow(`${path}-journal-3 is left of an earlier recording`);
    const recorder = await record(path, { force: true });
    recorder.open(start, 0);
    expect(await recorder.finish()).toEqual({ messages: 0, incomplete: undefined });
    expect(readdirSync(folder)).toEqual(['a.qmptap']);
  });

  test('in a place that is no folder', async () => {
    const folder = testFolder();
    writeFileSync(join(folder, 'file'), '');
    await expect(record(join(folder, 'file', 'a.qmptap'))).rejects.toThrow('a part of the path is no folder');
  });
});
