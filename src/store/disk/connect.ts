/**
 * Connects to exactly the SQLite file that was checked, and keeps SQLite from acting on files beside it: SQLite plays a rollback journal back when it first reads, and removes what that names.
 */
import { resolve } from 'node:path';
import type Database from 'better-sqlite3';
import { RecordingError } from '../../errors.js';
import { fileAt, holdFile, isOpenHere, releaseFile } from './moved-file.js';
import { openSqlite } from './sqlite.js';

export type Connection = Database.Database;
export type Statement = Database.Statement;

export interface ConnectOptions {
  readonly readonly: boolean;
  /** ms to wait for others. */
  readonly patience: number;
}

/**
 * Opens a file that is there. Nothing is read of it before the first statement.
 * @throws RecordingError if another file is there by now, SQLite's error
 */
export function connect(path: string, { readonly, patience }: ConnectOptions): Connection {
  const file = resolve(path);
  const id = fileAt(file);
  const db = named(file, (name) => openSqlite(name, { readonly, fileMustExist: true, timeout: patience }));
  try {
    // A file from elsewhere may hold anything: SQLite's own advice for such files. Neither reads it.
    db.pragma('trusted_schema = OFF');
    db.pragma('cell_size_check = ON');
    if (id === undefined || !isOpenHere(id)) throw replaced(path);
    return db;
  } catch (error) {
    db.close();
    throw error;
  }
}

/**
 * Opens a connection that writes. A hot journal needs the file for itself to be played back: a second connection
 * that only reads is in its way until this one has read, and has no need to look for a journal any more.
 * @throws RecordingError, SQLite's error (`SQLITE_READONLY_ROLLBACK` if there is a hot journal)
 */
export function connectGuarded(path: string, patience: number, read: (db: Connection) => void): Connection {
  const guard = connect(path, { readonly: true, patience });
  try {
    guard.exec('BEGIN');
    firstRead(guard);
    const db = connect(path, { readonly: false, patience });
    try {
      read(db);
      firstRead(db);
      return db;
    } catch (error) {
      db.close();
      throw error;
    }
  } finally {
    guard.close();
  }
}

/** SQLite looks for what lies beside the file now; with a log, or with `locking_mode = EXCLUSIVE`, never again. */
export function firstRead(db: Connection): void {
  db.prepare('SELECT 1 FROM sqlite_master').get();
}

/** better-sqlite3 trims white space off a path, so it is given a link without any, which SQLite follows. */
function named<T>(file: string, open: (name: string) => T): T {
  if (file.trim() === file) return open(file);
  const held = holdFile(file);
  try {
    if (held.hold === undefined) throw whiteSpace(file);
    return open(`/proc/self/fd/${held.hold}`);
  } finally {
    releaseFile(held);
  }
}

function whiteSpace(file: string): RecordingError {
  const reason = 'its name ends in white space, with which it cannot be opened here';
  return new RecordingError({ reason, remedy: 'choose another name' }, { path: file });
}

function replaced(path: string): RecordingError {
  const reason = 'another file was put in its place while it was opened';
  return new RecordingError({ reason, remedy: 'look at who may write its folder' }, { path, code: 'UNSAFE' });
}
