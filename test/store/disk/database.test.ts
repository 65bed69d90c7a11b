import { closeSync, existsSync, openSync, readFileSync, readSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import {
  beginDatabase,
  closeAsOneFile,
  openEditor,
  openReadOnly,
  openWriter,
  orClosed,
} from '../../../src/store/disk/database.js';
import { createEmptyFile } from '../../../src/store/disk/files.js';
import { pageSize } from '../../../src/store/format/page-one.js';
import { testFolder } from '../../support/folder.js';

/** A database with one row, as a recorder begins it. */
function begun(): string {
  const path = join(testFolder(), 'a.qmptap');
  createEmptyFile(path);
  beginDatabase(path, (db) => db.exec('CREATE TABLE t (n); INSERT INTO t VALUES (1)'));
  return path;
}

/** The two numbers of the header that say whether there is a log. */
function formatOf(path: string): number[] {
  const bytes = new Uint8Array(2);
  const file = openSync(path, 'r');
  readSync(file, bytes, 0, 2, 18);
  closeSync(file);
  return [...bytes];
}

const all = 'SELECT n FROM t ORDER BY n';

describe('a database that is begun', () => {
  test('has its tables, an empty log of its own, and pages of one size', () => {
    const path = begun();
    expect(formatOf(path)).toEqual([2, 2]);
    expect(statSync(path).size % pageSize).toBe(0);
    for (const ending of ['-wal', '-shm']) expect(statSync(path + ending).mode & 0o777).toBe(0o600);
    const db = openWriter(path, false);
    expect(db.prepare(all).pluck().all()).toEqual([1]);
    expect(db.pragma('page_size', { simple: true })).toBe(pageSize);
    db.close();
  });

  test('is, where one that began the same has died after the first step', () => {
    const path = join(testFolder(), 'a.qmptap');
    for (const name of [path, `${path}-wal`]) createEmptyFile(name);
    beginDatabase(path, (db) => db.exec('CREATE TABLE t (n); INSERT INTO t VALUES (1)'));
    const reader = openReadOnly(path);
    expect(reader.prepare(all).pluck().all()).toEqual([1]);
    reader.close();
  });

  test.each(['-wal', '-shm'])('is not, where something has the name of its %s', (ending) => {
    const path = join(testFolder(), 'a.qmptap');
    createEmptyFile(path);
    writeFileSync(path + ending, 'theirs');
    expect(() => {
      beginDatabase(path, (db) => db.exec('CREATE TABLE t (n)'));
    }).toThrow('EEXIST');
    expect(readFileSync(path + ending, 'utf8')).toBe('theirs');
    expect(statSync(path).size).toBe(0);
  });
});

describe('a writer', () => {
  test('is read while it writes, and leaves one file', () => {
    const path = begun();
    const writer = openWriter(path, false);
    writer.exec('INSERT INTO t VALUES (2)');
    const reader = openReadOnly(path);
    expect(reader.prepare(all).pluck().all()).toEqual([1, 2]);
    reader.close();
    closeAsOneFile(writer);
    expect(formatOf(path)).toEqual([1, 1]);
    expect([existsSync(`${path}-wal`), existsSync(`${path}-journal`)]).toEqual([false, false]);
    const after = openReadOnly(path);
    expect(after.prepare(all).pluck().all()).toEqual([1, 2]);
    after.close();
  });

  test('whose file a reader keeps open keeps the log, and loses nothing', () => {
    const path = begun();
    const writer = openWriter(path, false);
    const reader = openReadOnly(path);
    reader.exec('BEGIN');
    reader.prepare(all).all();
    writer.exec('INSERT INTO t VALUES (2)');
    closeAsOneFile(writer);
    expect(writer.open).toBe(false);
    reader.exec('COMMIT');
    expect(reader.prepare(all).pluck().all()).toEqual([1, 2]);
    reader.close();
  });

  test.each([
    [true, 2],
    [false, 1],
  ])('that is durable (%s) syncs each commit', (durable, synchronous) => {
    const db = openWriter(begun(), durable);
    expect(db.pragma('synchronous', { simple: true })).toBe(synchronous);
    db.close();
  });
});

test('an editor has the file for itself', () => {
  const path = begun();
  closeAsOneFile(openWriter(path, false));
  const editor = openEditor(path, 0);
  editor.exec('INSERT INTO t VALUES (2)');
  expect(() => openEditor(path, 0)).toThrow('locked');
  closeAsOneFile(editor);
  expect(formatOf(path)).toEqual([1, 1]);
  const reader = openReadOnly(path);
  expect(reader.prepare(all).pluck().all()).toEqual([1, 2]);
  expect(() => reader.exec('INSERT INTO t VALUES (3)')).toThrow('readonly');
  reader.close();
});

test('a connection that cannot be used is closed', () => {
  const db = openReadOnly(begun());
  expect(() =>
    orClosed(db, () => {
      throw new Error('no');
    }),
  ).toThrow('no');
  expect(db.open).toBe(false);
});
