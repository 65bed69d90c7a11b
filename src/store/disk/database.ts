/** Opens SQLite files as recordings need them, begins them, and makes one file of them again. */
import { closeSync, constants, fsyncSync, lstatSync, openSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { pageSize } from '../format/page-one.js';
import { connect, connectGuarded, firstRead, type Connection } from './connect.js';
import { createEmptyFile, syncFolder } from './files.js';
import { checkLog } from './sidecar-files.js';
import { isBusy } from './sqlite-error.js';
import { openSqlite } from './sqlite.js';
import { asOwner, whoMayReplace } from './trust.js';

export type { Connection } from './connect.js';

/** Pages in the write-ahead log before it is moved into the file: 16 MiB, so that a flood is moved seldom. */
const walPages = 2048;

/** KiB of pages that a writer caches; it only appends. */
const writerCache = 4096;

/** The same of one of many, which are quiet: what a commit touches, and a log of 4 MiB. */
const frugalCache = 64;
const frugalPages = 512;

/**
 * Opens a connection to write a recording that is being made, or that a crash left.
 * `durable`: a commit is on the disk before it returns; `patience`: ms to wait for others.
 */
export function openWriter(path: string, durable: boolean, patience = 10_000): Connection {
  const db = connectGuarded(path, patience, () => undefined);
  return orClosed(db, () => {
    beginLog(db);
    checkLog(path);
    db.pragma(`synchronous = ${durable ? 'FULL' : 'NORMAL'}`);
    db.pragma(`cache_size = -${writerCache}`);
    db.pragma(`wal_autocheckpoint = ${walPages}`);
    return db;
  });
}

/** Has a writer that is open make do with little, as one of many. */
export function beFrugal(db: Connection): void {
  db.pragma(`cache_size = -${frugalCache}`);
  db.pragma('shrink_memory'); // what was set aside for a larger cache
  db.pragma(`wal_autocheckpoint = ${frugalPages}`);
}

/** Opens a finished recording exclusively, to change something in it. End with `closeAsOneFile`. */
export function openEditor(path: string, patience: number): Connection {
  const db = connectGuarded(path, patience, (connection) => {
    connection.pragma('locking_mode = EXCLUSIVE');
  });
  return orClosed(db, () => {
    beginLog(db);
    checkLog(path);
    return db;
  });
}

/** SQLite writes the header through a rollback journal, which a crash would leave behind, unless that is in memory. */
function beginLog(db: Connection): void {
  if (db.pragma('journal_mode', { simple: true }) === 'wal') return;
  db.pragma(`page_size = ${pageSize}`); // of an empty file
  db.pragma('journal_mode = MEMORY');
  db.pragma('journal_mode = WAL');
}

/**
 * Makes an empty file a database with SQLite's log beside it, all of them new: SQLite by itself would write
 * into whatever had the log's name, and in a shared folder another user could have put a file there.
 * All of it is on the disk when this returns. `fill` makes the tables.
 * @throws the system's error, `EEXIST` if anything has the log's name but an empty file of ours
 */
export function beginDatabase(path: string, fill: (db: Connection) => void): void {
  const bytes = emptyDatabase(fill);
  for (const ending of ['-wal', '-shm']) beginBeside(path + ending);
  const file = openSync(path, constants.O_WRONLY | constants.O_NOFOLLOW);
  try {
    for (let at = 0; at < bytes.length;) at += writeSync(file, bytes, at);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  syncFolder(dirname(path));
}

/** One that began the same before us and died has left it empty. Nobody else can make a file of ours. */
function beginBeside(path: string): void {
  try {
    createEmptyFile(path);
  } catch (error) {
    const there = lstatSync(path, { throwIfNoEntry: false });
    const isOurs = there?.isFile() === true && there.uid === process.geteuid?.() && there.nlink === 1;
    if (!isOurs || there.size > 0) throw error;
  }
}

/** Of the last filling: it is the same for each of hundreds of files. */
let lastEmpty: { readonly fill: (db: Connection) => void; readonly bytes: Uint8Array } | undefined;

function emptyDatabase(fill: (db: Connection) => void): Uint8Array {
  if (lastEmpty?.fill === fill) return lastEmpty.bytes;
  const db = openSqlite(':memory:');
  try {
    db.pragma(`page_size = ${pageSize}`);
    fill(db);
    const bytes = db.serialize();
    // There is a log: the format's versions for writing and for reading (sqlite.org/fileformat.html, 1.3.3).
    bytes.fill(2, 18, 20);
    lastEmpty = { fill, bytes };
    return bytes;
  } finally {
    db.close();
  }
}

/**
 * Opens a connection that never writes and never waits long for a lock. Where others may put files beside it, SQLite
 * looks there once, and has no more rights then than the file's owner.
 */
export function openReadOnly(path: string): Connection {
  const others = whoMayReplace(path);
  return asOwner(path, others, () => {
    const db = connect(path, { readonly: true, patience: 2_000 });
    return orClosed(db, () => {
      firstRead(db);
      // With a log SQLite keeps what it has opened; without, it looks for a journal before each read, unless it keeps
      // its lock. (A log and that lock together would have to write.)
      if (others !== undefined && db.pragma('journal_mode', { simple: true }) !== 'wal') {
        db.pragma('locking_mode = EXCLUSIVE');
        firstRead(db);
      }
      return db;
    });
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

function syncLog(db: Connection): void {
  const [{ file }] = db.pragma('database_list') as [{ file: string }];
  const log = openSync(`${file}-wal`, constants.O_RDONLY | constants.O_NOFOLLOW);
  try {
    fsyncSync(log);
  } finally {
    closeSync(log);
  }
}

/** Makes it one file again, for read-only media too. Keeps the log while others have the file open. */
export function closeAsOneFile(db: Connection): void {
  try {
    // The log is removed, so first all of it has to be in the file and on the disk.
    db.pragma('synchronous = FULL');
    db.pragma('wal_checkpoint(TRUNCATE)');
    // After a power failure, an old log must not be played back into the file.
    syncLog(db);
    // Does not wait: a reader that keeps the file open must not delay the user.
    db.pragma('busy_timeout = 0');
    // Anything else than a log; with a journal on the disk, a crash now would leave it behind.
    db.pragma('journal_mode = MEMORY');
  } catch (error) {
    if (!isBusy(error)) throw error;
  } finally {
    db.close();
  }
}
