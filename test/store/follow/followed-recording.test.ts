import { readdirSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { lockPath } from '../../../src/store/disk/files.js';
import { Lock } from '../../../src/store/disk/lock.js';
import { isLive } from '../../../src/store/disk/liveness.js';
import { FollowedRecording } from '../../../src/store/follow/followed-recording.js';
import type { FromFollowed } from '../../../src/store/follow/indexer-messages.js';
import { newMemory } from '../../../src/store/index/indexer.js';
import { openRecording } from '../../../src/store/index/open.js';
import { testFolder } from '../../support/folder.js';
import { writtenJournal } from './journals.js';

function followed() {
  const told: FromFollowed[] = [];
  const written = writtenJournal(join(testFolder(), 'a.qmptap'), false);
  const { path } = written.file;
  let liveWhenOver: boolean | undefined;
  const recording = new FollowedRecording(written.file, newMemory(), (message) => {
    told.push(message);
    if (message.type === 'finished' || message.type === 'failed') liveWhenOver = isLive(path);
  });
  return { ...written, path, recording, told, liveWhenOver: () => liveWhenOver };
}

test('locks, begins, follows, and ends; nothing is held any more when that is told', () => {
  const { recording, told, write, journal, liveWhenOver } = followed();
  const now = performance.now();
  expect([recording.isUrgent(now), recording.turn(now)]).toEqual([true, true]);
  write(3);
  expect(recording.turn(now)).toBe(false);
  expect([recording.isDue(now), recording.isUrgent(now)]).toEqual([false, false]);
  write(1);
  expect([recording.isDue(now), recording.isUrgent(now)]).toEqual([true, false]);
  journal.close();
  recording.hear({ type: 'finish', trouble: undefined });
  for (let turn = 0; turn < 9 && !recording.isOver; turn++) recording.turn(now);
  expect(told).toEqual([{ type: 'finished', messages: 4, incomplete: undefined }]);
  expect(liveWhenOver()).toBe(false);
  recording.close();
});

test('whose lock’s file is gone tries for a while, and gives up', () => {
  const { recording, told, path } = followed();
  rmSync(lockPath(path));
  const now = performance.now();
  expect([recording.turn(now), recording.isOver, recording.isUrgent(now)]).toEqual([false, false, false]);
  expect(recording.isUrgent(now + 600)).toBe(true);
  recording.turn(now + 6_000);
  expect(told).toEqual([{ type: 'failed', reason: expect.stringContaining('no such file') as string }]);
  expect([recording.isOver, recording.turn(now + 9_000)]).toEqual([true, false]);
});

test('whose file was removed is lost, and nothing is left of it', () => {
  const { recording, told, write, path } = followed();
  write(2);
  const now = performance.now();
  for (let turn = 0; turn < 3; turn++) recording.turn(now);
  rmSync(path);
  recording.hear({ type: 'finish', trouble: undefined });
  for (let turn = 0; turn < 9 && !recording.isOver; turn++) recording.turn(now);
  expect(told).toMatchObject([{ type: 'lost' }]);
  expect(readdirSync(dirname(path))).toEqual([]);
});

test('that is closed leaves all as a crash does', () => {
  const { recording, write, path, told } = followed();
  write(5);
  const now = performance.now();
  for (let turn = 0; turn < 3; turn++) recording.turn(now);
  recording.close();
  expect([told, isLive(path)]).toEqual([[], false]);
  using lock = Lock.take(lockPath(path), 0);
  expect(lock).toBeDefined();
  lock?.release();
  using reader = openRecording(path);
  expect(reader.count()).toBe(5);
});
