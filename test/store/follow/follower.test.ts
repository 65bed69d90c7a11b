import { existsSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { KeptLock } from '../../../src/store/disk/kept-lock.js';
import { holdFile, releaseFile } from '../../../src/store/disk/moved-file.js';
import { FileWatch } from '../../../src/store/follow/file-watch.js';
import { Follower, type Turn } from '../../../src/store/follow/follower.js';
import { type FollowedFile, type FromFollowed, gauges } from '../../../src/store/follow/indexer-messages.js';
import { newMemory, type Trouble } from '../../../src/store/index/indexer.js';
import { openRecording } from '../../../src/store/index/open.js';
import { testFolder } from '../../support/folder.js';
import { chatter, crashed, start } from '../traffic.js';

interface Setup {
  readonly folder: string;
  readonly path: string;
  readonly follower: Follower;
  readonly told: readonly FromFollowed[];
}

/** A follower of a recording of 23 messages, all of which are in its journal. */
function following(): Setup {
  const folder = testFolder();
  const path = join(folder, 'a.qmptap');
  crashed(path, (to) => {
    to.open(1, start, 0);
    chatter({ ...to, open: () => 1 }, 1, 10);
    to.close(1, 90_000, 'client-closed', undefined);
  });
  const gauge = new Int32Array(new SharedArrayBuffer(4 * gauges.length));
  const file = holdFile(path);
  const lock = KeptLock.take(path, 0)!;
  onTestFinished(() => {
    lock.release();
    releaseFile(file);
  });
  const told: FromFollowed[] = [];
  const tell = (message: FromFollowed): void => void told.push(message);
  const data: FollowedFile = { path, durable: false, file, series: undefined, gauge, frugal: true };
  const tools = { watch: new FileWatch(path, file, tell), lock, memory: newMemory(), tell };
  return { folder, path, follower: new Follower(data, tools), told };
}

/** To its end. */
function end(follower: Follower, trouble?: Trouble): void {
  while (follower.end(trouble) === 'more');
}

describe('a follower', () => {
  test('that is told to end leaves one file with all of it', () => {
    const { folder, path, follower, told } = following();
    end(follower);
    expect(told).toEqual([{ type: 'finished', messages: 23, incomplete: undefined }]);
    expect(readdirSync(folder)).toEqual(['a.qmptap']);
    using reader = openRecording(path);
    expect([reader.count(), reader.info.incomplete]).toEqual([23, undefined]);
  });

  test('says how far it is, and why not all is there', () => {
    const { path, follower, told } = following();
    const place = { segment: 1, offset: statSync(`${path}-journal-1`).size };
    expect(follower.hasReached(place)).toBe(false);
    expect(follower.step()).toBe('rest');
    expect(follower.hasReached(place)).toBe(true);
    expect(follower.hasReached({ ...place, offset: place.offset + 1 })).toBe(false);
    end(follower, { loss: 'write-failed', reason: 'the disk is full' });
    expect(told).toEqual([{ type: 'finished', messages: 23, incomplete: 'the disk is full' }]);
    using reader = openRecording(path);
    expect(reader.info).toMatchObject({ loss: 'write-failed', incomplete: 'the disk is full' });
  });

  test('finishes a file that was moved where it is now', () => {
    const { folder, path, follower, told } = following();
    renameSync(path, join(folder, 'b.qmptap'));
    end(follower);
    const reason = expect.stringContaining('moved to') as string;
    expect(told).toEqual([
      { type: 'gone', reason },
      { type: 'finished', messages: 23, incomplete: reason },
    ]);
    expect(readdirSync(folder)).toEqual(['b.qmptap']);
    using reader = openRecording(join(folder, 'b.qmptap'));
    expect([reader.count(), reader.info.loss]).toEqual([23, 'file-moved']);
  });

  test('of a file that was removed leaves nothing beside it', () => {
    const { folder, path, follower, told } = following();
    rmSync(path);
    end(follower);
    expect(told).toMatchObject([{ type: 'lost' }]);
    expect(readdirSync(folder)).toEqual([]);
  });

  test('writes all into the file and asks for a new one when its log is gone', () => {
    const { path, follower } = following();
    rmSync(`${path}-wal`);
    let turn: Turn = 'rest';
    while (turn === 'rest' || turn === 'more') turn = follower.step(); // it looks once a second
    expect(turn).toBe('again');
    expect(existsSync(`${path}-wal`)).toBe(true);
    using reader = openRecording(path);
    expect(reader.count()).toBe(23);
  });
});
