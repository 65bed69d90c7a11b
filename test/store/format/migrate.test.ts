import { join } from 'node:path';
import { describe, expect, test, vi } from 'vitest';
import { RecordingError } from '../../../src/errors.js';
import type { Connection } from '../../../src/store/disk/connect.js';
import { openSqlite } from '../../../src/store/disk/sqlite.js';
import { formatOf, migrate, type Migration } from '../../../src/store/format/migrate.js';
import { testFolder } from '../../support/folder.js';

/** A chain as it will be when the format has changed twice. */
const chain: readonly Migration[] = [
  (db) => db.exec('CREATE TABLE frame (n INTEGER PRIMARY KEY, text TEXT)'),
  (db) => db.exec("ALTER TABLE frame ADD COLUMN mark INTEGER; UPDATE frame SET mark = 1 WHERE text = 'a'"),
  (db) => db.exec('ALTER TABLE frame RENAME COLUMN text TO raw'),
];

function database(): Connection {
  return openSqlite(join(testFolder(), 'a.qmptap'));
}

/** Who would write while others read is told to wait. */
function migrateUnlessBusy(db: Connection): void {
  try {
    migrate(db, 'a', chain);
  } catch (error) {
    expect(error).toMatchObject({ code: 'SQLITE_BUSY' });
  }
}

describe('migrations', () => {
  test('bring every older format to the newest, with its rows', () => {
    for (let format = 0; format <= chain.length; format++) {
      const db = database();
      migrate(db, 'a', chain.slice(0, format));
      if (format > 0)
        db.exec(
          `INSERT INTO frame (n, ${format > 2 ? 'raw, mark' : 'text'}) VALUES (1, 'a'${format > 2 ? ', 1' : ''})`,
        );
      migrate(db, 'a', chain);
      expect(formatOf(db, 'a', chain)).toEqual({ state: 'current', format: 3 });
      const rows = format === 0 ? [] : [{ n: 1, raw: 'a', mark: format === 2 ? null : 1 }];
      expect(db.prepare('SELECT * FROM frame').all()).toEqual(rows);
      db.close();
    }
  });

  test('are seen all or not at all, also by who looks at that very moment', () => {
    const path = join(testFolder(), 'a.qmptap');
    const [writer, reader] = [openSqlite(path, { timeout: 0 }), openSqlite(path)];
    const pragma = reader.pragma.bind(reader);
    vi.spyOn(reader, 'pragma').mockImplementation((...words) => {
      const found = pragma(...words);
      if (words[0] === 'application_id') migrateUnlessBusy(writer);
      return found;
    });
    expect(formatOf(reader, 'a', chain)).toEqual({ state: 'empty', format: 0 });
    vi.restoreAllMocks();
    migrate(writer, 'a', chain);
    expect(formatOf(reader, 'a', chain)).toEqual({ state: 'current', format: 3 });
    writer.close();
    reader.close();
  });

  test('happen all or not at all', () => {
    const db = database();
    migrate(db, 'a', chain.slice(0, 1));
    const broken: Migration = (connection) => connection.exec('ALTER TABLE nothing ADD COLUMN x');
    expect(() => {
      migrate(db, 'a', [...chain, broken]);
    }).toThrow('nothing');
    expect(formatOf(db, 'a', chain)).toEqual({ state: 'old', format: 1 });
    expect(db.prepare('SELECT * FROM frame').columns()).toHaveLength(2);
    db.close();
  });

  test('do not touch what is newer or another program’s', () => {
    const db = database();
    expect(formatOf(db, 'a', chain)).toEqual({ state: 'empty', format: 0 });
    migrate(db, 'a', chain);
    expect(() => {
      migrate(db, 'a', chain.slice(0, 2));
    }).toThrow('a: it was made by a newer qmptap (format 3, this one knows 2); please update');
    db.exec('PRAGMA application_id = 7');
    expect(() => formatOf(db, 'a', chain)).toThrow(RecordingError);
    db.close();
  });
});
