import { execFileSync } from 'node:child_process';
import {
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { KeptLock } from '../../../src/store/disk/kept-lock.js';
import { createEmptyFile, lockPath } from '../../../src/store/disk/files.js';
import { refuseLive, removeReplaced } from '../../../src/store/index/replaced.js';
import { testFolder } from '../../support/folder.js';

describe('what a new recording replaces', () => {
  test('goes with all that lies beside it, which SQLite would play back', () => {
    const folder = testFolder();
    const path = join(folder, 'a.qmptap');
    for (const ending of ['', '-wal', '-shm', '-journal', '-journal-1']) writeFileSync(path + ending, 'old');
    writeFileSync(join(folder, 'b.qmptap'), '');
    removeReplaced(path);
    expect(readdirSync(folder)).toEqual(['b.qmptap']);
    removeReplaced(path);
  });

  test('is a link itself, not what it leads to', () => {
    const folder = testFolder();
    const path = join(folder, 'a.qmptap');
    writeFileSync(join(folder, 'target'), 'mine');
    symlinkSync(join(folder, 'target'), path);
    removeReplaced(path);
    expect(readFileSync(join(folder, 'target'), 'utf8')).toBe('mine');
    expect(existsSync(path)).toBe(false);
  });

  test('is no folder, pipe or device, nor a link to one', () => {
    const folder = testFolder();
    const [pipe, link, inner] = [join(folder, 'pipe'), join(folder, 'link'), join(folder, 'inner')];
    execFileSync('mkfifo', [pipe]);
    symlinkSync(pipe, link);
    mkdirSync(inner);
    for (const path of [pipe, link, inner, '/dev/null']) {
      expect(() => {
        removeReplaced(path);
      }).toThrow(`${path}: it is no file that could be replaced; choose another name`);
    }
    expect(lstatSync(pipe).isFIFO()).toBe(true);
    expect(lstatSync('/dev/null').isCharacterDevice()).toBe(true);
  });

  test('is no recording that is being made', () => {
    const path = join(testFolder(), 'a.qmptap');
    writeFileSync(path, 'x');
    refuseLive(path);
    createEmptyFile(lockPath(path));
    const lock = KeptLock.take(path, 0);
    for (const refused of [refuseLive, removeReplaced]) {
      expect(() => {
        refused(path);
      }).toThrow(expect.objectContaining({ code: 'IN_USE', reason: 'it is being recorded' }) as Error);
    }
    lock?.release();
    removeReplaced(path);
    expect(existsSync(path)).toBe(false);
  });
});
