/**
 * Brings a recording that nobody writes any more into its finished form: takes in the journal that a
 * crash left, brings an old format up to date, makes it one file. Knows nothing of reading messages.
 */
import { existsSync } from 'node:fs';
import Database from 'better-sqlite3';
import { readCheckpoint } from './checkpoint.js';
import { closeAsOneFile, openWriter, orClosed, type Connection } from '../disk/database.js';
import { createEmptyFile, codeOf, isThere, journalSegments, lockPath, removeJournal } from '../disk/files.js';
import { Indexer } from './indexer.js';
import { isWritten } from '../disk/liveness.js';
import { Lock } from '../disk/lock.js';
import { formatOf, migrate } from '../rows/migrate.js';

/** ms; others who only ask whether the lock is held keep it for less than one. */
const patience = 500;

/** In the place of what a finished recording lacks. */
const beingTakenIn = 'what a crash left is being taken in';

/** Whether there is anything to take in. */
export function hasJournal(path: string): boolean {
  return isThere(lockPath(path)) || journalSegments(path).length > 0;
}

/**
 * Takes in what a crash left beside the file; false if somebody else is at it, or was quicker. `begin` is
 * called before the part that may take long.
 * @throws the system's or SQLite's error, RecordingError; the journal then stays as it is
 */
export function takeIn(path: string, begin: () => void): boolean {
  if (!announce(path)) return false;
  using lock = lockStale(path);
  if (lock === undefined) return false;
  const db = openWriter(path, false);
  let indexer: Indexer | undefined;
  try {
    if (!isFinished(db)) {
      if (journalSegments(path).includes(readCheckpoint(db).segment)) {
        begin();
        indexer = new Indexer(db, path);
        indexer.finish(undefined);
      } else {
        endWithoutJournal(db);
      }
    }
  } catch (error) {
    indexer?.close();
    db.close();
    throw error;
  }
  closeAsOneFile(db);
  removeJournal(path);
  return true;
}

/** How far a recording is that somebody holds locked. `begun`: has no tables yet. */
export function stateOf(db: Connection, path: string): 'begun' | 'old' | 'recording' | 'being taken in' {
  const { state } = formatOf(db, path);
  if (state !== 'current') return state === 'old' ? 'old' : 'begun';
  const incomplete = db.prepare('SELECT incomplete FROM recording').pluck().get();
  if (incomplete === undefined) return 'begun';
  return incomplete === beingTakenIn ? 'being taken in' : 'recording';
}

/**
 * Says in the file itself that it is about to be taken in, before the lock is held: whoever sees the lock
 * then knows that it is no recorder's. Several may say so; the first to have the lock does it. False if
 * somebody has the lock by now.
 */
function announce(path: string): boolean {
  const db = openWriter(path, false);
  try {
    return db
      .transaction(() => {
        if (isWritten(path)) return false;
        migrate(db, path);
        db.exec("INSERT OR IGNORE INTO recording (id, uuid, created_by, created) VALUES (1, x'', '', 0)");
        db.prepare('UPDATE recording SET incomplete = ? WHERE finished IS NULL').run(beingTakenIn);
        return true;
      })
      .immediate();
  } finally {
    db.close();
  }
}

/** Takes that back, for a recorder that was taken for dead before it had the lock, which it has now. */
export function contradict(db: Connection): void {
  db.prepare('UPDATE recording SET incomplete = NULL WHERE incomplete = ?').run(beingTakenIn);
}

/** Brings a finished recording of an older format up to date. */
export function upgrade(path: string): void {
  const db = openWriter(path, false);
  orClosed(db, () => {
    migrate(db, path);
  });
  closeAsOneFile(db);
}

/** Makes one file of a finished recording whose writer could not, since others had it open. */
export function makeOneFile(path: string): void {
  closeAsOneFile(new Database(path, { fileMustExist: true, timeout: 0 }));
}

function lockStale(path: string): Lock | undefined {
  const lock = lockPath(path);
  try {
    if (!existsSync(lock)) createEmptyFile(lock);
    return Lock.take(lock, patience);
  } catch (error) {
    if (codeOf(error) === 'EEXIST' || codeOf(error) === 'ENOENT') return undefined;
    throw error;
  }
}

function isFinished(db: Connection): boolean {
  return db.prepare('SELECT 1 FROM recording WHERE finished IS NOT NULL').get() !== undefined;
}

/** What is in the tables is all there is. */
function endWithoutJournal(db: Connection): void {
  db.exec(`
    BEGIN IMMEDIATE;
    UPDATE session SET "end" = 'cut-off', ended = ifnull(
      (SELECT t FROM frame WHERE frame.session = session.id ORDER BY seq DESC LIMIT 1), 0) WHERE "end" IS NULL;
    DELETE FROM checkpoint;
    UPDATE recording SET finished = created, incomplete = 'its journal is missing';
    COMMIT`);
}
