import { mkdirSync, readFileSync, renameSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { HeldFolder, identityOf, isSame } from '../../../src/transport/path/held-folder.js';
import { testFolder } from '../../support/folder.js';

function held(path: string): HeldFolder {
  const folder = new HeldFolder(path);
  onTestFinished(() => {
    folder.close();
  });
  return folder;
}

test('names are those of the folder that was opened, wherever it is moved', () => {
  const path = join(testFolder(), 'vm');
  mkdirSync(path);
  const folder = held(path);
  renameSync(path, `${path}-moved`);
  mkdirSync(path);
  writeFileSync(join(path, 'a'), 'the wrong one');
  expect(folder.look('a')).toBeUndefined();
  writeFileSync(folder.at('a'), 'the right one');
  expect(readFileSync(`${path}-moved/a`, 'utf8')).toBe('the right one');
  folder.remove('a');
  expect(folder.look('a')).toBeUndefined();
});

test('a folder in it is made for us alone, and a link is not followed', () => {
  const path = testFolder();
  const folder = held(path);
  folder.make('own').close();
  expect(statSync(join(path, 'own')).mode & 0o777).toBe(0o700);
  expect(() => folder.make('own')).toThrow(/EEXIST/);
  symlinkSync('own', join(path, 'link'));
  expect(() => folder.open('link')).toThrow(/ELOOP|ENOTDIR/);
  folder.removeFolder('own');
});

test('below a folder no link is followed, and on the way to it every one', () => {
  const path = testFolder();
  mkdirSync(join(path, 'real/vm/deep'), { recursive: true });
  symlinkSync('real', join(path, 'link'));
  symlinkSync('vm', join(path, 'real/other'));
  const inode = (folder: HeldFolder): number => {
    onTestFinished(() => {
      folder.close();
    });
    return Number(folder.look('.')?.ino);
  };
  const { ino } = statSync(join(path, 'real/vm/deep'));
  expect(inode(HeldFolder.below(join(path, 'link/vm/deep'), join(path, 'link')))).toBe(ino);
  expect(inode(HeldFolder.below(join(path, 'link/other/deep'), undefined))).toBe(ino);
  expect(inode(HeldFolder.below(join(path, 'link'), join(path, 'link')))).toBe(
    statSync(join(path, 'real')).ino,
  );
  expect(() => HeldFolder.below(join(path, 'link/other/deep'), join(path, 'link'))).toThrow(/ELOOP|ENOTDIR/);
  expect(() => HeldFolder.below(join(path, 'real/vm/none'), path)).toThrow(/ENOENT/);
});

test('a file is held while its name becomes another', () => {
  const path = testFolder();
  const folder = held(path);
  writeFileSync(join(path, 'a'), 'one');
  folder.withFile('a', (file) => {
    renameSync(join(path, 'a'), join(path, 'b'));
    symlinkSync('/dev/null', join(path, 'a'));
    expect(readFileSync(file, 'utf8')).toBe('one');
  });
});

test('files are the same by device and inode', () => {
  const path = testFolder();
  writeFileSync(join(path, 'a'), '');
  writeFileSync(join(path, 'b'), '');
  const a = identityOf(statSync(join(path, 'a')));
  renameSync(join(path, 'a'), join(path, 'c'));
  expect(isSame(a, statSync(join(path, 'c')))).toBe(true);
  expect(isSame(a, statSync(join(path, 'b')))).toBe(false);
  expect(isSame(undefined, undefined)).toBe(false);
});
