import {
  copyFileSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { connect, connectGuarded, firstRead } from '../../../src/store/disk/connect.js';
import { testFolder } from '../../support/folder.js';
import { hotJournal } from '../hot-journal.js';
import { openSqlite } from '../../../src/store/disk/sqlite.js';

function database(path: string, rows = 1): string {
  const made = join(testFolder(), 'made');
  const db = openSqlite(made);
  db.exec('CREATE TABLE t (x)');
  for (let row = 0; row < rows; row++) db.exec('INSERT INTO t VALUES (1)');
  db.close();
  copyFileSync(made, path);
  return path;
}

const odd = [
  'a ',
  'a\n',
  'a\u00a0',
  ' a',
  '\ta\t',
  ':memory:',
  'file:a',
  'a?mode=ro#x',
  '%61',
  "a'b",
  'a\ufffd',
  'ä“”',
  '-',
];

describe('the file that is opened', () => {
  test.each(odd)('is the one that was meant: %j', (name) => {
    const folder = testFolder();
    database(join(folder, 'a'), 5);
    const path = database(join(folder, name), 2);
    const db = connect(path, { readonly: false, patience: 0 });
    expect(db.prepare('SELECT count(*) FROM t').pluck().get()).toBe(2);
    db.exec('INSERT INTO t VALUES (1)');
    db.close();
    const other = connect(join(folder, 'a'), { readonly: true, patience: 0 });
    expect(other.prepare('SELECT count(*) FROM t').pluck().get()).toBe(5);
    other.close();
    expect(readdirSync(folder).sort()).toEqual(['a', name].sort());
  });

  test('is not made', () => {
    const folder = testFolder();
    for (const name of ['none', 'none ', ':memory:']) {
      expect(() => connect(join(folder, name), { readonly: false, patience: 0 })).toThrow();
    }
    expect(readdirSync(folder)).toEqual([]);
  });

  test('lies at the end of a link', () => {
    const folder = testFolder();
    mkdirSync(join(folder, 'real '));
    database(join(folder, 'real ', 'a '), 3);
    symlinkSync(join('real ', 'a '), join(folder, 'link'));
    const db = connect(join(folder, 'link'), { readonly: true, patience: 0 });
    expect(db.prepare('SELECT count(*) FROM t').pluck().get()).toBe(3);
    db.close();
  });
});

describe('a journal that is there when the file is opened to be written', () => {
  test('is not played back, and what it names stays', () => {
    const folder = testFolder();
    const path = database(join(folder, 'a'));
    const precious = join(folder, 'precious');
    writeFileSync(precious, 'precious');
    writeFileSync(`${path}-journal`, hotJournal(path, precious));
    const before = readFileSync(path);
    expect(() => connectGuarded(path, 0, () => undefined)).toThrow(/readonly|rollback/i);
    expect(readFileSync(precious, 'utf8')).toBe('precious');
    expect(readFileSync(path).equals(before)).toBe(true);
    expect(readdirSync(folder).sort()).toEqual(['a', 'a-journal', 'precious']);
  });

  test('nor if it comes after the look', () => {
    const folder = testFolder();
    const path = database(join(folder, 'a'));
    const precious = join(folder, 'precious');
    writeFileSync(precious, 'precious');
    writeFileSync(join(folder, 'journal'), hotJournal(path, precious));
    expect(() =>
      connectGuarded(path, 0, () => {
        renameSync(join(folder, 'journal'), `${path}-journal`);
      }),
    ).toThrow('locked');
    expect(readFileSync(precious, 'utf8')).toBe('precious');
  });

  test('would be played back by SQLite itself', () => {
    const folder = testFolder();
    const path = database(join(folder, 'a'));
    const precious = join(folder, 'precious');
    writeFileSync(precious, 'precious');
    writeFileSync(`${path}-journal`, hotJournal(path, precious));
    const db = openSqlite(path);
    firstRead(db);
    db.close();
    expect(readdirSync(folder)).not.toContain('a-journal');
  });
});
