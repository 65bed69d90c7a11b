import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openSqlite } from '../../../src/store/disk/sqlite.js';
import { migrate } from '../../../src/store/format/migrate.js';
import { readRecordingRow } from '../../../src/store/format/recording-row.js';
import { testFolder } from '../../support/folder.js';

const schema = 'SELECT type, name, tbl_name, sql FROM sqlite_master ORDER BY name, type';

test.each(['finished', 'run', 'series-00001'])('format 1 is brought to it, letter by letter: %s', (name) => {
  const path = join(testFolder(), 'a.qmptap');
  copyFileSync(`test/fixtures/format-1/${name}.qmptap`, path);
  const fresh = openSqlite(':memory:');
  migrate(fresh, 'fresh');
  const db = openSqlite(path);
  const marks = name === 'finished' ? db.prepare('SELECT session, seq, note FROM mark').all() : [];
  const before = readRecordingRow(db);
  migrate(db, path);
  expect(db.prepare(schema).all()).toEqual(fresh.prepare(schema).all());
  expect(readRecordingRow(db)).toEqual(before);
  expect(db.prepare('SELECT session, seq, note FROM mark').all()).toEqual(marks);
  expect(db.pragma('integrity_check', { simple: true })).toBe('ok');
  expect(db.prepare('SELECT count(*) FROM message').pluck().get()).toBeGreaterThan(0);
  db.close();
  fresh.close();
});
