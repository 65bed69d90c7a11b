/**
 * Brings a recording that is no longer written into its finished form: indexes the journal that a
 * crash left, brings an old format up to date, makes it one file.
 */
import { existsSync, linkSync, rmSync, statSync } from 'node:fs';
import { basename } from 'node:path';
import type { Connection } from '../disk/connect.js';
import { beginDatabase, closeAsOneFile, openWriter } from '../disk/database.js';
import {
  codeOf,
  createEmptyFile,
  isThere,
  journalPath,
  journalSegments,
  lockPath,
  removeJournal,
  removeLog,
  syncLog,
} from '../disk/files.js';
import { isWritten } from '../disk/liveness.js';
import { Lock } from '../disk/lock.js';
import { isBusy } from '../disk/sqlite-error.js';
import { formatOf, migrate } from '../format/migrate.js';
import { readRecordingRow } from '../format/recording-row.js';
import { readSegmentHeader } from '../journal/journal-reader.js';
import { readCheckpoint } from './checkpoint.js';
import { Indexer, insertRow } from './indexer.js';

/** ms; others who only ask whether the lock is held keep it for less than one. */
const patience = 500;

/** What became of what a crash left. */
export interface Recovery {
  /** False if somebody else is at it, or was quicker. */
  readonly done: boolean;
  /** Files with parts of the journal that could not be recovered. */
  readonly kept: readonly string[];
}

const elsewhere: Recovery = { done: false, kept: [] };

/** Whether there is anything to recover. */
export function hasJournal(path: string): boolean {
  return isThere(lockPath(path)) || journalSegments(path).length > 0;
}

/**
 * Recovers what a crash left beside the file. `begin` is called before the part that may take long.
 * @throws the system's or SQLite's error, RecordingError; the journal then stays as it is
 */
export function recover(path: string, begin: () => void): Recovery {
  if (!announce(path)) return elsewhere;
  using lock = lockStale(path);
  if (lock === undefined) return elsewhere;
  const db = openWriter(path, false);
  let kept: readonly string[];
  try {
    kept = isFinished(db) ? keepOthers(path, db) : takeIn(path, db, begin);
  } catch (error) {
    db.close();
    throw error;
  }
  closeAsOneFile(db);
  // Where readers keep the log in use, it is what has to be on the disk before the journal goes.
  syncLog(path);
  removeJournal(path);
  return { done: true, kept };
}

/** Indexes the segments that follow on the checkpoint, and gives the files of those that do not. */
function takeIn(path: string, db: Connection, begin: () => void): readonly string[] {
  const segments = journalSegments(path);
  const { segment: first } = readCheckpoint(db);
  if (!segments.includes(first)) {
    const later = segments.filter((segment) => segment > first);
    const kept = keepAside(path, later);
    endWithoutJournal(db, missing(first, kept));
    return kept;
  }
  begin();
  const indexer = new Indexer(db, path);
  try {
    let last = first;
    while (segments.includes(last + 1)) last++;
    const kept = keepAside(
      path,
      segments.filter((segment) => segment > last),
    );
    const trouble = { loss: 'journal-missing', reason: missing(last + 1, kept) } as const;
    indexer.finish(kept.length === 0 ? undefined : trouble);
    return kept;
  } finally {
    indexer.close();
  }
}

function missing(segment: number, kept: readonly string[]): string {
  const names = kept.map((place) => basename(place)).join(', ');
  return names === ''
    ? 'its journal is missing'
    : `segment ${segment} of its journal is missing; what came after it is kept in ${names}`;
}

/** The journal of a finished recording is all in it; one of another recording is not. */
function keepOthers(path: string, db: Connection): readonly string[] {
  const uuid = db.prepare('SELECT uuid FROM recording').pluck().get();
  const isOwn = (segment: number): boolean => {
    const header = readSegmentHeader(journalPath(path, segment));
    return (
      header === undefined || (uuid instanceof Uint8Array && Buffer.compare(header.recording, uuid) === 0)
    );
  };
  return keepAside(
    path,
    journalSegments(path).filter((segment) => !isOwn(segment)),
  );
}

/** Renames segments of the journal out of the way, replacing nothing. */
function keepAside(path: string, segments: readonly number[]): readonly string[] {
  return segments.map((segment) => {
    const from = journalPath(path, segment);
    for (let number = 1; ; number++) {
      const to = `${path}.kept-journal-${segment}${number === 1 ? '' : `.${number}`}`;
      try {
        linkSync(from, to);
      } catch (error) {
        if (codeOf(error) === 'EEXIST') continue;
        throw error;
      }
      rmSync(from);
      return to;
    }
  });
}

/** How far a recording is that somebody holds locked. `begun`: has no tables, or nothing in them, yet. */
export function stateOf(db: Connection, path: string): 'begun' | 'recording' | 'recovering' {
  if (formatOf(db, path).state === 'empty') return 'begun';
  const row = readRecordingRow(db);
  if (row === undefined) return 'begun';
  return row.state === 'recovering' ? 'recovering' : 'recording';
}

/**
 * Says in the file itself that it is about to be recovered, before the lock is held: whoever sees the lock
 * then knows that it is no recorder's. Several may say so; the first to have the lock does it. False if
 * somebody has the lock by now.
 */
function announce(path: string): boolean {
  if (statSync(path).size === 0 && !beginAgain(path)) return false;
  const db = openWriter(path, false);
  try {
    return db
      .transaction(() => {
        if (isWritten(path)) return false;
        migrate(db, path);
        insertRow(db);
        db.exec("UPDATE recording SET state = 'recovering' WHERE state = 'recording'");
        return true;
      })
      .immediate();
  } finally {
    db.close();
  }
}

/** Of a recorder that died before it had made the tables. False if somebody else is at it. */
function beginAgain(path: string): boolean {
  if (isWritten(path)) return false;
  removeLog(path);
  try {
    beginDatabase(path, (db) => {
      migrate(db, path);
    });
    return true;
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false;
    throw error;
  }
}

/** Takes that back, for a recorder that was taken for dead before it had the lock, which it has now. */
export function contradict(db: Connection): void {
  db.exec("UPDATE recording SET state = 'recording' WHERE state = 'recovering'");
}

/** Makes one file of a finished recording whose writer could not, since others had it open. */
export function makeOneFile(path: string): void {
  try {
    closeAsOneFile(openWriter(path, false, 0));
  } catch (error) {
    if (!isBusy(error)) throw error;
  }
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
  return readRecordingRow(db)?.state === 'finished';
}

/** What is in the tables is all there is. */
function endWithoutJournal(db: Connection, incomplete: string): void {
  db.transaction(() => {
    db.exec(`
      UPDATE session SET "end" = 'cut-off', ended = ifnull(
        (SELECT t FROM frame WHERE frame.session = session.id ORDER BY seq DESC LIMIT 1), 0) WHERE "end" IS NULL;
      DELETE FROM checkpoint`);
    db.prepare(
      `UPDATE recording SET finished = created, state = 'finished', loss = 'journal-missing', incomplete = ?`,
    ).run(incomplete);
  }).immediate();
}
