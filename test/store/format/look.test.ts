import { closeSync, copyFileSync, openSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openSqlite } from '../../../src/store/disk/sqlite.js';
import { lookAt } from '../../../src/store/format/look.js';
import { testFolder } from '../../support/folder.js';
import { openDescriptors } from '../../support/streams.js';

function copy(name: string): string {
  const path = join(testFolder(), 'a.qmptap');
  copyFileSync(`test/fixtures/format-1/${name}.qmptap`, path);
  return path;
}

test('tells what a file is, without SQLite and without a descriptor that stays', () => {
  const before = openDescriptors();
  expect(lookAt('a', copy('finished'))).toEqual({ is: 'recording', format: 1, hasLog: false });
  const crashed = copy('crashed');
  copyFileSync('test/fixtures/format-1/crashed.qmptap-wal', `${crashed}-wal`);
  expect(lookAt('a', crashed)).toEqual({ is: 'recording', format: 1, hasLog: true });
  writeFileSync(crashed, '');
  expect(lookAt('a', crashed)).toEqual({ is: 'empty', hasLog: false });
  expect(openDescriptors()).toBe(before);
});

test('leaves a file alone that this process has open: to close it again would give up its locks', () => {
  const path = copy('run');
  const file = openSync(path, 'r');
  expect(lookAt('a', path)).toBeUndefined();
  closeSync(file);
  expect(lookAt('a', path)).toMatchObject({ is: 'recording' });
});

test('keeps the locks of a connection in this process', () => {
  const path = copy('run');
  const [one, other] = [openSqlite(path, { timeout: 0 }), openSqlite(path, { timeout: 0 })];
  one.exec('BEGIN IMMEDIATE');
  expect(lookAt('a', path)).toBeUndefined();
  expect(() => other.exec('BEGIN IMMEDIATE')).toThrow('locked');
  one.close();
  other.close();
});
