import { execFileSync } from 'node:child_process';
import { closeSync, mkdirSync, readdirSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import {
  createEmptyFile,
  createFile,
  createFolder,
  isSameFile,
  isSpecial,
  isTaken,
  isThere,
  journalPath,
  journalSegments,
  lockPath,
  placesBeside,
  reasonOf,
  removeBeside,
  removeRecording,
} from '../../../src/store/disk/files.js';
import { testFolder } from '../../support/folder.js';

/** As permissive as it gets. */
function withoutUmask<T>(action: () => T): T {
  const before = process.umask(0);
  try {
    return action();
  } finally {
    process.umask(before);
  }
}

describe('what is made', () => {
  test('is for its owner alone, whatever the umask', () => {
    const folder = join(testFolder(), 'a', 'b');
    withoutUmask(() => {
      createFolder(folder);
      closeSync(createFile(join(folder, 'c')));
    });
    const modes = [join(folder, '..'), folder, join(folder, 'c')].map((path) => statSync(path).mode & 0o777);
    expect(modes).toEqual([0o700, 0o700, 0o600]);
    createFolder(folder);
  });

  test('is new: nothing is opened that was there, nor what a link leads to', () => {
    const folder = testFolder();
    const [there, link] = [join(folder, 'there'), join(folder, 'link')];
    writeFileSync(there, '');
    symlinkSync(join(folder, 'none'), link);
    for (const path of [there, link]) expect(() => createEmptyFile(path)).toThrow('EEXIST');
    expect(readdirSync(folder).sort()).toEqual(['link', 'there']);
    expect(isThere(link)).toBe(true);
    expect(isThere(join(folder, 'none'))).toBe(false);
  });
});

describe('the segments of a journal', () => {
  test('are in the order of their numbers, and only those', () => {
    const path = join(testFolder(), 'a.qmptap');
    for (const segment of [10, 9, 1]) writeFileSync(journalPath(path, segment), '');
    for (const other of ['0', '01', 'x', '1.old', '-1', '']) writeFileSync(`${path}-journal-${other}`, '');
    writeFileSync(`${path}.kept-journal-2`, '');
    expect(journalSegments(path)).toEqual([1, 9, 10]);
  });
});

describe('a recording', () => {
  test.each(['', ...placesBeside('').filter((place) => place !== ''), '-journal-7'])(
    'is in the way as long as it has anything: NAME%s',
    (ending) => {
      const path = join(testFolder(), 'a.qmptap');
      expect(isTaken(path)).toBe(false);
      writeFileSync(path + ending, '');
      expect(isTaken(path)).toBe(true);
      removeRecording(path);
      expect(isTaken(path)).toBe(false);
    },
  );

  test('stays when what lies beside it is removed, and so does what is of another', () => {
    const folder = testFolder();
    const path = join(folder, 'a.qmptap');
    for (const name of [path, `${path}-wal`, lockPath(path), `${path}-journal-1`, `${path}.kept-journal-1`])
      writeFileSync(name, '');
    writeFileSync(join(folder, 'b.qmptap-wal'), '');
    removeBeside(path);
    expect(readdirSync(folder).sort()).toEqual(['a.qmptap', 'a.qmptap.kept-journal-1', 'b.qmptap-wal']);
  });

  test('is the same by a link to it', () => {
    const path = join(testFolder(), 'a.qmptap');
    writeFileSync(path, '');
    symlinkSync(path, `${path}-link`);
    expect([isSameFile(path, `${path}-link`), isSameFile(path, `${path}-none`)]).toEqual([true, false]);
  });
});

test('devices, pipes and what the system keeps are never replaced', () => {
  const folder = testFolder();
  const pipe = join(folder, 'pipe');
  execFileSync('mkfifo', [pipe]);
  symlinkSync(pipe, join(folder, 'link'));
  mkdirSync(join(folder, 'folder'));
  for (const path of ['/dev/null', '/dev/stdout', '/proc/self/status', pipe, join(folder, 'link')])
    expect(isSpecial(path), path).toBe(true);
  for (const path of ['/dev/shm', '/dev/nothing', join(folder, 'folder'), import.meta.filename])
    expect(isSpecial(path), path).toBe(false);
});

test.each([
  [Object.assign(new Error('x'), { code: 'EROFS' }), 'the file system is read-only'],
  [
    Object.assign(new Error('x'), { code: 'SQLITE_IOERR_READ' }),
    'the disk failed to read or write (SQLITE_IOERR_READ)',
  ],
  [Object.assign(new Error('one\ntwo'), { code: 'EOTHER' }), 'one'],
  [new Error('plain'), 'plain'],
  ['thrown text', 'thrown text'],
])('an error is told in plain words: %s', (error, reason) => {
  expect(reasonOf(error)).toBe(reason);
});
