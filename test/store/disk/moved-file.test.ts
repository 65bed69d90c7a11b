import { closeSync, mkdirSync, openSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import {
  fileAt,
  type HeldFile,
  holdFile,
  isOpenHere,
  releaseFile,
  whereIs,
} from '../../../src/store/disk/moved-file.js';
import { testFolder } from '../../support/folder.js';
import { openDescriptors } from '../../support/streams.js';

function held(path: string): HeldFile {
  writeFileSync(path, '');
  const file = holdFile(path);
  onTestFinished(() => {
    releaseFile(file);
  });
  return file;
}

describe('a file that is held', () => {
  test('is where it was, by whatever name', () => {
    const path = join(testFolder(), 'a');
    const file = held(path);
    symlinkSync(path, `${path}-link`);
    expect([whereIs(file, path), whereIs(file, `${path}-link`)]).toEqual([undefined, undefined]);
  });

  test('is found under its new name, also if another file has the old one', () => {
    const path = join(testFolder(), 'a');
    const file = held(path);
    renameSync(path, `${path}-new`);
    writeFileSync(path, '');
    expect(whereIs(file, path)).toEqual({
      removed: false,
      path: `${path}-new`,
      reason: `the file was moved to ${path}-new while it was recorded`,
    });
  });

  test('is found in a folder that was moved', () => {
    const folder = testFolder();
    const path = join(folder, 'old', 'a');
    mkdirSync(join(folder, 'old'));
    const file = held(path);
    renameSync(join(folder, 'old'), join(folder, 'new'));
    expect(whereIs(file, path)?.path).toBe(join(folder, 'new', 'a'));
  });

  test('that was removed has no name', () => {
    const path = join(testFolder(), 'a');
    const file = held(path);
    rmSync(path);
    expect(whereIs(file, path)).toEqual({
      removed: true,
      reason: 'the file was removed while it was recorded',
    });
  });

  test('is not held any more once it is released', () => {
    const path = join(testFolder(), 'a');
    writeFileSync(path, '');
    const before = openDescriptors();
    const file = holdFile(path);
    expect(openDescriptors()).toBe(before + 1);
    releaseFile(file);
    expect(openDescriptors()).toBe(before);
    expect(() => holdFile(`${path}-none`)).toThrow('ENOENT');
  });
});

test('a file is open here if it was opened, not if it is only held', () => {
  const path = join(testFolder(), 'a');
  held(path);
  const id = fileAt(path) ?? '';
  expect(isOpenHere(id)).toBe(false);
  const open = openSync(path, 'r');
  expect([isOpenHere(id), isOpenHere(id, open)]).toEqual([true, false]);
  closeSync(open);
  expect(isOpenHere(id)).toBe(false);
  expect(fileAt(`${path}-none`)).toBeUndefined();
});
