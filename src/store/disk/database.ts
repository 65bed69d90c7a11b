/**
 * Opens SQLite files as recordings need them, and says in plain words what SQLite refused.
 * Knows nothing of the tables.
 */
import { closeSync, constants, openSync, writeSync } from 'node:fs';
import Database from 'better-sqlite3';
import { QmptapError, RecordingError } from '../../errors.js';
import { codeOf, createEmptyFile, reasonOf } from './files.js';

export type Connection = Database.Database;
export type Statement = Database.Statement;

/**
 * 8 kB pages were measured to hold a million small messages in 10 bytes less each than 4 kB ones,
 * at the same speed; 16 kB ones make every small commit of a quiet recording as much larger.
 */
const pageSize = 8192;
/** Pages in the write-ahead log before it is moved into the file: 16 MiB, so that a flood is moved seldom. */
const walPages = 2048;

/** KiB of pages that a writer keeps: it only ever goes on at the ends of its trees. */
const writerCache = 4096;

/** Opens the writer's connection. `durable`: a commit is on the disk before it returns; `patience`: ms to wait for others. */
export function openWriter(path: string, durable: boolean, patience = 10_000): Connection {
  const db = new Database(path, { fileMustExist: true, timeout: patience });
  return orClosed(db, () => {
    db.pragma(`page_size = ${pageSize}`);
    db.pragma('journal_mode = WAL');
    db.pragma(`synchronous = ${durable ? 'FULL' : 'NORMAL'}`);
    db.pragma(`cache_size = -${writerCache}`);
    db.pragma(`wal_autocheckpoint = ${walPages}`);
    distrust(db);
    return db;
  });
}

/**
 * Makes an empty file a database with SQLite's log beside it, all of them new: SQLite by itself would write
 * into whatever had the log's name, and where others may make files, one of them could have been quick.
 * `fill` makes the tables.
 * @throws the system's error, `EEXIST` if anything has the log's name
 */
export function beginDatabase(path: string, fill: (db: Connection) => void): void {
  const db = new Database(path, { fileMustExist: true, timeout: 10_000 });
  try {
    db.pragma(`page_size = ${pageSize}`);
    db.pragma('synchronous = OFF');
    fill(db);
  } finally {
    db.close();
  }
  for (const ending of ['-wal', '-shm']) createEmptyFile(path + ending);
  // Without a log that SQLite has made: the format's versions for writing and for reading (sqlite.org/fileformat.html, 1.3.3).
  const file = openSync(path, constants.O_WRONLY | constants.O_NOFOLLOW);
  try {
    writeSync(file, new Uint8Array([2, 2]), 0, 2, 18);
  } finally {
    closeSync(file);
  }
}

/** Opens a connection that never writes and waits for nobody for long. */
export function openReadOnly(path: string): Connection {
  const db = new Database(path, { readonly: true, fileMustExist: true, timeout: 2_000 });
  return orClosed(db, () => {
    distrust(db);
    return db;
  });
}

/** Uses a connection that stays open, unless that fails. */
export function orClosed<T>(db: Connection, use: () => T): T {
  try {
    return use();
  } catch (error) {
    db.close();
    throw error;
  }
}

/** Makes it one file again, for read-only media too. Fails softly while others have it open. */
export function closeAsOneFile(db: Connection): void {
  try {
    db.pragma('wal_checkpoint(TRUNCATE)');
    // Does not wait: a reader that keeps the file open is no reason to keep the user.
    db.pragma('busy_timeout = 0');
    db.pragma('journal_mode = DELETE');
  } catch (error) {
    if (!isBusy(error)) throw error;
  } finally {
    db.close();
  }
}

/** A file from elsewhere may hold anything: SQLite's own advice for such files. */
function distrust(db: Connection): void {
  db.pragma('trusted_schema = OFF');
  db.pragma('cell_size_check = ON');
}

export function isBusy(error: unknown): boolean {
  const code = codeOf(error) ?? '';
  return code.startsWith('SQLITE_BUSY') || code.startsWith('SQLITE_LOCKED');
}

export function isFull(error: unknown): boolean {
  return /^(SQLITE_FULL|ENOSPC|EDQUOT)/.test(codeOf(error) ?? '');
}

/** Whether the place, rather than the file, is what SQLite or the system stumbled over. */
export function isPlaceTrouble(error: unknown): boolean {
  return /^(SQLITE_(READONLY|CANTOPEN|FULL|PERM|IOERR)|EROFS|EACCES|EPERM|ENOSPC|EDQUOT)/.test(
    codeOf(error) ?? '',
  );
}

/** The one line for a recording that could not be read; an error that is not the file's stays what it is. */
export function readFailure(path: string, error: unknown): unknown {
  if (codeOf(error) === undefined || error instanceof QmptapError) return error;
  return new RecordingError(`${path}: ${describe(error)}`, { cause: error, path });
}

function describe(error: unknown): string {
  const code = codeOf(error) ?? '';
  if (code === 'SQLITE_NOTADB') return 'it is no recording';
  if (isBusy(error)) return 'another program keeps it locked; try again';
  if (code.startsWith('SQLITE_CANTOPEN'))
    return 'it cannot be opened; check the rights of the file and of its folder';
  if (code.startsWith('SQLITE_') && !/^SQLITE_(FULL|IOERR)/.test(code)) {
    return `the file is damaged (${reasonOf(error)}); restore it from a copy`;
  }
  return reasonOf(error);
}
