import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  copyFileSync,
  existsSync,
  linkSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { beginDatabase, openWriter } from '../../../src/store/disk/database.js';
import { placesBeside } from '../../../src/store/disk/files.js';
import { Indexer } from '../../../src/store/index/indexer.js';
import { StoredMarks } from '../../../src/store/read/marks.js';
import { migrate } from '../../../src/store/format/migrate.js';
import { openRecording } from '../../../src/store/index/open.js';
import { createRecording } from '../../../src/store/index/recorder.js';
import { testFolder } from '../../support/folder.js';
import { run } from '../../support/process.js';
import { latin1, sessionStart } from '../../support/recorded.js';
import { recordingFile } from '../../support/recording-file.js';

/** Somebody else: `nobody`, wherever there is one. */
const stranger = 65534;
const isRoot = process.geteuid?.() === 0;

/** A finished recording of ours in a folder where everybody may make files. */
async function inSharedFolder(): Promise<string> {
  const folder = testFolder();
  chmodSync(folder, 0o1777);
  return recordingFile(join(folder, 'boot.qmptap'), ['-> {"execute":"query-status"}', '<- {"return":{}}']);
}

const places = [...placesBeside('boot.qmptap'), 'boot.qmptap-journal-1'].map((name) => name.slice(11));

describe('what somebody else has put beside a recording', () => {
  test.each(places)('boot.qmptap%s: keeps a new recording from being made there', async (ending) => {
    const path = join(testFolder(), 'boot.qmptap');
    writeFileSync(path + ending, '', { mode: 0o666 });
    await expect(createRecording(path, { createdBy: 'test', onTrouble: () => undefined })).rejects.toThrow(
      `${path}${ending} is left of an earlier recording; choose another name, or give --force to remove it`,
    );
    expect(readdirSync(join(path, '..'))).toEqual([`boot.qmptap${ending}`]);
  });

  test.each(places)('boot.qmptap%s, a pipe: is refused, and nobody waits for it', async (ending) => {
    const path = await inSharedFolder();
    spawnSync('mkfifo', [path + ending]);
    // In another process, which can be ended if it hangs.
    const { code, stderr } = await run(['show', path], { timeout: 20_000 });
    expect({ code, stderr }).toEqual({
      code: 1,
      stderr: `qmptap: ${path}: ${path}${ending} beside it is no regular file; copy the recording to a folder of your own\n`,
    });
  });

  test.each(places)('boot.qmptap%s, a link: what it leads to is not touched', async (ending) => {
    const path = await inSharedFolder();
    const precious = join(testFolder(), 'precious');
    writeFileSync(precious, 'precious');
    symlinkSync(precious, path + ending);
    expect(() => openRecording(path)).toThrow('beside it is no regular file');
    expect(() => {
      new StoredMarks(path).put({ session: 1, seq: 1, note: undefined });
    }).toThrow('beside it is no regular file');
    expect(readFileSync(precious, 'utf8')).toBe('precious');
  });

  test.each(places)('boot.qmptap%s, another name of a file of ours: is not written to', async (ending) => {
    const path = await inSharedFolder();
    const precious = join(path, '..', 'precious');
    writeFileSync(precious, '');
    linkSync(precious, path + ending);
    expect(() => openRecording(path)).toThrow('beside it has another name elsewhere');
  });

  test.runIf(isRoot).each(places)('boot.qmptap%s, their own: is not taken for ours', async (ending) => {
    const path = await inSharedFolder();
    writeFileSync(path + ending, '');
    chownSync(path, 1, 1);
    chownSync(path + ending, stranger, stranger);
    expect(() => openRecording(path)).toThrow(`${path}${ending} beside it belongs to another user`);
  });

  test('a log that came while the recording began: no traffic is written to it', async () => {
    const path = join(testFolder(), 'boot.qmptap');
    await using recorder = await createRecording(path, { createdBy: 'test', onTrouble: () => undefined });
    await recorder.flush();
    linkSync(`${path}-wal`, join(testFolder(), 'theirs'));
    const db = openWriter(path, false);
    expect(() => new Indexer(db, path)).toThrow(`${path}-wal beside it has another name elsewhere`);
    db.close();
  });

  test('is never what a new database logs to', () => {
    const path = join(testFolder(), 'boot.qmptap');
    writeFileSync(path, '');
    symlinkSync(join(testFolder(), 'elsewhere'), `${path}-shm`);
    expect(() => {
      beginDatabase(path, (db) => db.exec('CREATE TABLE a (b)'));
    }).toThrow('EEXIST');
  });
});

/** What is there at each step of beginning a recording, besides its journal and its lock. */
const steps: Readonly<Record<string, (path: string) => void>> = {
  'the empty file': () => undefined,
  'an empty log': (path) => {
    writeFileSync(`${path}-wal`, '');
  },
  'its index': (path) => {
    writeFileSync(`${path}-shm`, '');
  },
  tables: (path) => {
    const made = join(testFolder(), 'made.qmptap');
    writeFileSync(made, '');
    beginDatabase(made, (db) => {
      migrate(db, made);
    });
    copyFileSync(made, path);
  },
};

test.each(Object.keys(steps))('a crash while a recording begins, after %s, loses nothing', async (last) => {
  const path = join(testFolder(), 'boot.qmptap');
  await using recorder = await createRecording(path, { createdBy: 'test', onTrouble: () => undefined });
  const session = recorder.open(sessionStart(), 0);
  for (let at = 1; at <= 5; at++)
    recorder.chunk(session, { dir: 'c2s', t: at, bytes: latin1('{"execute":"stop"}\r\n'), fds: 0 });
  await recorder.flush();
  const copy = join(testFolder(), 'boot.qmptap');
  copyFileSync(`${path}-journal-1`, `${copy}-journal-1`);
  for (const empty of [copy, `${copy}-lock`]) writeFileSync(empty, '');
  for (const [step, make] of Object.entries(steps)) {
    make(copy);
    if (step === last) break;
  }
  using reader = openRecording(copy);
  expect(reader.count()).toBe(5);
  expect(reader.info.incomplete).toBeUndefined();
  expect(readdirSync(join(copy, '..'))).toEqual(['boot.qmptap']);
});

test.runIf(isRoot)('what somebody else has recorded is completed in a copy', async () => {
  const path = await inSharedFolder();
  chownSync(path, stranger, stranger);
  writeFileSync(`${path}-lock`, '');
  const notices: string[] = [];
  using reader = openRecording(path, { onNotice: (line) => notices.push(line) });
  expect(reader.count()).toBe(2);
  expect(notices).toEqual([
    `${path}: it cannot be completed where it is (it belongs to another user (uid 65534)); a temporary copy is read`,
  ]);
  expect(readdirSync(join(path, '..')).sort()).toEqual(['boot.qmptap', 'boot.qmptap-lock']);
});

test.runIf(isRoot)('what is being recorded in a folder of somebody else is read while it grows', async () => {
  const path = join(testFolder(), 'boot.qmptap');
  await using recorder = await createRecording(path, {
    createdBy: 'test',
    onTrouble: (line) => expect.unreachable(line),
  });
  const session = recorder.open(sessionStart(), 0);
  chownSync(join(path, '..'), stranger, stranger);
  using reader = await recorder.flush().then(() => openRecording(path));
  for (let at = 1; at <= 3; at++) {
    recorder.chunk(session, { dir: 'c2s', t: at, bytes: latin1('{"execute":"stop"}\r\n'), fds: 0 });
    await recorder.flush();
    expect(reader.count()).toBe(at);
  }
  expect(new StoredMarks(path).marks()).toEqual([]);
});

test('by a link, a recording is what lies at its end', async () => {
  const path = await inSharedFolder();
  const link = join(testFolder(), 'link.qmptap');
  symlinkSync(path, link);
  // Beside the link there may be anything; it is none of the recording's.
  writeFileSync(`${link}-lock`, '');
  using reader = openRecording(link);
  expect(reader.info).toMatchObject({ path: link, live: false, incomplete: undefined });
  expect(existsSync(`${link}-lock`)).toBe(true);
});
