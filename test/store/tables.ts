/** The tables of a recording without a file, for tests of what writes and reads rows. */
import type Database from 'better-sqlite3';
import { openSqlite } from '../../src/store/disk/sqlite.js';
import { migrate } from '../../src/store/format/migrate.js';

export function emptyRecording(): Database.Database {
  const db = openSqlite(':memory:');
  migrate(db, 'memory');
  return db;
}
