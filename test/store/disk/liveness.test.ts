import { closeSync, existsSync, openSync, statSync, symlinkSync, utimesSync } from 'node:fs';
import { join, relative } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { openReadOnly, openWriter } from '../../../src/store/disk/database.js';
import { createEmptyFile, journalPath, lockPath } from '../../../src/store/disk/files.js';
import { IndexerThread } from '../../../src/store/follow/indexer-thread.js';
import { isLive } from '../../../src/store/disk/liveness.js';
import { migrate } from '../../../src/store/format/migrate.js';
import { openRecording } from '../../../src/store/index/open.js';
import { createRecording } from '../../../src/store/index/recorder.js';
import { recover, stateOf } from '../../../src/store/index/recover.js';
import { testFolder } from '../../support/folder.js';
import { run } from '../../support/process.js';
import { sessionStart } from '../../support/recorded.js';
import { crashed } from '../traffic.js';

const options = { createdBy: 'test', onTrouble: (line: string) => expect.unreachable(line) };

/** What a reader says that takes the recorder for dead, before it has the lock. */
function announceTakeIn(path: string): void {
  const db = openWriter(path, false);
  migrate(db, path);
  db.exec(
    "INSERT INTO recording (id, uuid, created_by, created, state) VALUES (1, x'', '', 0, 'recovering')",
  );
  expect(stateOf(db, path)).toBe('recovering');
  db.close();
}

describe('a recorder that has only begun', () => {
  test('is no dead one for a moment, nor as long as its process lives', () => {
    const folder = testFolder();
    const path = join(folder, 'a.qmptap');
    createEmptyFile(path);
    expect(isLive(path)).toBe(false);
    createEmptyFile(lockPath(path));
    expect(isLive(path)).toBe(true);
    utimesSync(path, 1, 1);
    expect(isLive(path)).toBe(false);
    const journal = openSync(journalPath(path, 1), 'wx');
    symlinkSync(folder, join(folder, 'link'));
    for (const name of [path, join(folder, 'link', 'a.qmptap'), relative('.', path)])
      expect(isLive(name)).toBe(true);
    closeSync(journal);
    expect(isLive(path)).toBe(false);
  });

  test('is not replaced', async () => {
    const path = join(testFolder(), 'a.qmptap');
    createEmptyFile(path);
    createEmptyFile(lockPath(path));
    const journal = openSync(journalPath(path, 1), 'wx');
    onTestFinished(() => {
      closeSync(journal);
    });
    await expect(createRecording(path, { ...options, force: true })).rejects.toThrow('it is being recorded');
    const { code, stderr } = await run(['redact', 'recordings/demo.qmptap', '-o', path, '--force']);
    expect(stderr).toContain(`${path}: it is being recorded`);
    expect(code).toBe(1);
    expect(existsSync(lockPath(path))).toBe(true);
  });

  test('that was taken for dead before it had its lock is live all the same', async () => {
    const path = join(testFolder(), 'a.qmptap');
    crashed(path, (to) => {
      to.open(1, sessionStart(), 1);
      to.chunk(1, { dir: 's2c', t: 2, bytes: Buffer.from('{"event": "STOP"}\r\n'), fds: 0 });
    });
    announceTakeIn(path);
    const died = (reason: string): void => expect.unreachable(reason);
    const events = { died, stuck: died, gone: died, lost: died, removed: died, notRemoved: died };
    const thread = new IndexerThread({ onTrouble: died });
    const indexed = thread.follow({ path, durable: false, series: undefined }, events);
    await indexed.flush({ segment: 1, offset: statSync(journalPath(path, 1)).size });
    using reader = openRecording(path);
    expect(reader.info).toMatchObject({ live: true, incomplete: undefined });
    expect(reader.count()).toBe(1);
    await indexed.finish(undefined);
    indexed.release();
  });

  test('is not recovered by who had taken it for dead, once it has its lock', async () => {
    const path = join(testFolder(), 'a.qmptap');
    await using recorder = await createRecording(path, options);
    await recorder.flush();
    expect(recover(path, () => expect.unreachable('it lives'))).toEqual({ done: false, kept: [] });
    const db = openReadOnly(path);
    expect(stateOf(db, path)).toBe('recording');
    db.close();
  });
});
