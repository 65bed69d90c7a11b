/** The tables of a recording without a file, for tests of what writes and reads rows. */
import Database from 'better-sqlite3';
import { migrate } from '../../src/store/format/migrate.js';

export function emptyRecording(): Database.Database {
  const db = new Database(':memory:');
  migrate(db, 'memory');
  return db;
}
