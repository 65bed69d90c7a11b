import { closeSync, existsSync, openSync, symlinkSync, utimesSync } from 'node:fs';
import { join, relative } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { openReadOnly, openWriter } from '../../src/store/database.js';
import { createEmptyFile, journalPath, lockPath } from '../../src/store/files.js';
import { isLive } from '../../src/store/liveness.js';
import { Lock } from '../../src/store/lock.js';
import { migrate } from '../../src/store/migrate.js';
import { openRecording } from '../../src/store/open.js';
import { beginRecording, createRecording, type Recorder } from '../../src/store/recorder.js';
import { stateOf, takeIn } from '../../src/store/take-in.js';
import { testFolder } from '../support/folder.js';
import { run } from '../support/process.js';
import { sessionStart } from '../support/recorded.js';

const options = { createdBy: 'test', onTrouble: (line: string) => expect.unreachable(line) };

function begun(path: string): Recorder {
  const recorder = beginRecording(path, options);
  onTestFinished(async () => {
    await recorder.finish();
  });
  return recorder;
}

/** What a reader says that takes the recorder for dead, before it has the lock. */
function announceTakeIn(path: string): void {
  const db = openWriter(path, false);
  migrate(db, path);
  db.exec("INSERT INTO recording (id, uuid, created_by, created) VALUES (1, x'', '', 0)");
  db.exec("UPDATE recording SET incomplete = 'what a crash left is being taken in'");
  expect(stateOf(db, path)).toBe('being taken in');
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
    await expect(createRecording(path, { ...options, force: true })).rejects.toThrow('it is being recorded');
    const { code, stderr } = await run(['redact', 'recordings/demo.qmptap', '-o', path, '--force']);
    expect(stderr).toContain(`${path}: it is being recorded`);
    expect(code).toBe(1);
    expect(existsSync(lockPath(path))).toBe(true);
  });

  test('that was taken for dead before it had its lock is live all the same', async () => {
    const path = join(testFolder(), 'a.qmptap');
    const recorder = begun(path);
    // The recorder's thread waits for it.
    const lock = Lock.take(lockPath(path), 0);
    announceTakeIn(path);
    lock!.release();
    const session = recorder.open(sessionStart(), 1);
    recorder.chunk(session, 's2c', 2, Buffer.from('{"event": "STOP"}\r\n'), 0);
    await recorder.flush();
    using reader = openRecording(path);
    expect(reader.info).toMatchObject({ live: true, incomplete: undefined });
    expect(reader.count()).toBe(1);
  });

  test('is not taken in by who had taken it for dead, once it has its lock', async () => {
    const path = join(testFolder(), 'a.qmptap');
    const recorder = begun(path);
    await recorder.flush();
    expect(takeIn(path, () => expect.unreachable('it lives'))).toBe(false);
    const db = openReadOnly(path);
    expect(stateOf(db, path)).toBe('recording');
    db.close();
  });
});
