/**
 * Brings a recording that nobody writes any more into its finished form: takes in the journal that a
 * crash left, brings an old format up to date, makes it one file. Knows nothing of reading messages.
 */
import { existsSync } from 'node:fs';
import Database from 'better-sqlite3';
import { RecordingError } from '../errors.js';
import { closeAsOneFile, openWriter, type Connection } from './database.js';
import { createEmptyFile, codeOf, isThere, journalSegments, lockPath, removeJournal } from './files.js';
import { Indexer, readCheckpoint } from './indexer.js';
import { Lock } from './lock.js';
import { migrate } from './migrate.js';

/** Another reader may be taking it in at this moment. */
const patience = 10_000;

/** In the place of what a finished recording lacks. */
const beingTakenIn = 'what a crash left is being taken in';

/** Whether there is anything to take in. */
export function hasJournal(path: string): boolean {
  return isThere(lockPath(path)) || journalSegments(path).length > 0;
}

/**
 * Takes in what a crash left beside the file. Others may try at the same time.
 * @throws the system's or SQLite's error, RecordingError; the journal then stays as it is
 */
export function takeIn(path: string): void {
  using lock = lockStale(path);
  if (lock === undefined) {
    if (!hasJournal(path)) return; // somebody else did it meanwhile
    throw new RecordingError(`${path}: another program is at work on it; try again`, { path });
  }
  const db = openWriter(path, false);
  let indexer: Indexer | undefined;
  try {
    migrate(db, path);
    if (!isFinished(db)) {
      if (journalSegments(path).includes(readCheckpoint(db).segment)) {
        db.prepare('UPDATE recording SET incomplete = ?').run(beingTakenIn);
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
}

/** Whether another reader is at {@link takeIn}, rather than a recorder at work. */
export function isBeingTakenIn(db: Connection): boolean {
  return db.prepare('SELECT incomplete FROM recording').pluck().get() === beingTakenIn;
}

/** Brings a finished recording of an older format up to date. */
export function upgrade(path: string): void {
  const db = openWriter(path, false);
  try {
    migrate(db, path);
  } catch (error) {
    db.close();
    throw error;
  }
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
