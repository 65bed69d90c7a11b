import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createEmptyFile, lockPath } from '../../../src/store/disk/files.js';
import { KeptLock } from '../../../src/store/disk/kept-lock.js';
import { isWritten } from '../../../src/store/disk/liveness.js';
import { testFolder } from '../../support/folder.js';

/** A recording that is being made, as far as its lock goes. */
function recording(): { path: string; lock: KeptLock } {
  const path = join(testFolder(), 'a.qmptap');
  writeFileSync(path, '');
  createEmptyFile(lockPath(path));
  return { path, lock: KeptLock.take(path, 0)! };
}

test('is held by one until it is released', () => {
  const { path, lock } = recording();
  expect(isWritten(path)).toBe(true);
  expect(KeptLock.take(path, 0)).toBeUndefined();
  lock.keep();
  expect(isWritten(path)).toBe(true);
  lock.release();
  expect(isWritten(path)).toBe(false);
});

test('is taken again when its file was removed', () => {
  const { path, lock } = recording();
  rmSync(lockPath(path));
  expect(isWritten(path)).toBe(false);
  lock.keep();
  expect(isWritten(path)).toBe(true);
  rmSync(lockPath(path));
  lock.keep();
  expect(isWritten(path)).toBe(true);
  lock.release();
  expect(isWritten(path)).toBe(false);
});

test('is left to another who has it by then', () => {
  const { path, lock } = recording();
  rmSync(lockPath(path));
  createEmptyFile(lockPath(path));
  const other = KeptLock.take(path, 0);
  expect(other).toBeDefined();
  lock.keep();
  other?.release();
  expect(isWritten(path)).toBe(false);
  lock.release();
});

test('is no reason to fail when its folder is gone', () => {
  const { path, lock } = recording();
  rmSync(join(path, '..'), { recursive: true });
  lock.keep();
  expect(existsSync(lockPath(path))).toBe(false);
  lock.release();
  expect(() => KeptLock.take(path, 0)).toThrow('ENOENT');
});
