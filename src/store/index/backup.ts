/**
 * Copies a recording into one new file, finished and consistent, also while it is being made: a snapshot of the
 * tables by SQLite, and the part of the journal that is not in them yet.
 */
import { closeSync, realpathSync } from 'node:fs';
import { RecordingError } from '../../errors.js';
import type { Connection } from '../disk/connect.js';
import { closeAsOneFile, openReadOnly, openWriter, orClosed } from '../disk/database.js';
import {
  codeOf,
  createEmptyFile,
  journalPath,
  journalSegments,
  removeBeside,
  removeRecording,
} from '../disk/files.js';
import { openRegular } from '../disk/sidecar-files.js';
import { copyOpen } from '../disk/temporary-copy.js';
import { migrate } from '../format/migrate.js';
import type { OpenedFile } from '../read/reader.js';
import { readCheckpoint } from './checkpoint.js';
import { Indexer } from './indexer.js';

/** A recorder goes on while its journal is copied, and rarely is a whole segment of it ahead. */
const attempts = 5;

const whileMade = 'it was copied while it was being made';

/**
 * Writes all of a recording that `db` reads into `to`, which must not exist. Sessions that still run are cut off in
 * the copy, which says that it was made of a live recording. Nothing is left of `to` if that fails.
 * @throws RecordingError, the system's error (`EEXIST`, `ENOSPC` …) or SQLite's
 */
export function copyRecording(db: Connection, place: OpenedFile, to: string): void {
  createEmptyFile(to);
  try {
    if (place.live()) {
      copyLive(place.path, db, to);
      finishLive(to);
    } else {
      copyTables(db, to);
      if (place.incomplete !== undefined) finishIncomplete(to, place.incomplete);
    }
  } catch (error) {
    removeRecording(to);
    throw error;
  }
}

/** One statement, and so of one moment. */
function copyTables(db: Connection, to: string): void {
  db.prepare('VACUUM INTO ?').run(to);
}

/** The tables first: a segment of the journal is removed only when it is in them. */
function copyLive(path: string, db: Connection, to: string): void {
  const file = realpathSync(path);
  for (let left = attempts; left > 0; left--) {
    const held = new Map<number, number>();
    try {
      hold(file, held);
      copyTables(db, to);
      hold(file, held);
      if (copyJournal(held, firstSegment(to), to)) return;
    } finally {
      for (const segment of held.values()) closeSync(segment);
    }
    removeRecording(to);
    createEmptyFile(to);
  }
  throw new RecordingError(
    { reason: 'it grows faster than it can be copied', remedy: 'try again' },
    { path, code: 'IN_USE' },
  );
}

/** Opens the segments of the journal that are there: open, they stay, whatever becomes of their names. */
function hold(file: string, held: Map<number, number>): void {
  for (const segment of journalSegments(file)) {
    if (held.has(segment)) continue;
    try {
      held.set(segment, openRegular(journalPath(file, segment)));
    } catch (error) {
      if (codeOf(error) !== 'ENOENT') throw error; // recovered at this very moment
    }
  }
}

/** False if a segment between `first` and the last one is missing. */
function copyJournal(held: ReadonlyMap<number, number>, first: number, to: string): boolean {
  const last = Math.max(first, ...held.keys());
  for (let segment = first; segment <= last; segment++) {
    const open = held.get(segment);
    if (open === undefined) return false;
    copyOpen(open, journalPath(to, segment));
  }
  return true;
}

function firstSegment(copy: string): number {
  const db = openReadOnly(copy);
  try {
    return readCheckpoint(db).segment;
  } finally {
    db.close();
  }
}

/** Takes the journal into the copy, and says in it what it is. */
function finishLive(to: string): void {
  edit(to, (db) => {
    const indexer = new Indexer(db, to);
    try {
      indexer.finish({ loss: 'copied-live', reason: whileMade });
    } finally {
      indexer.close();
    }
    db.prepare(`UPDATE session SET end_reason = ? WHERE "end" = 'cut-off' AND end_reason IS NULL`).run(
      whileMade,
    );
  });
}

/** Of a recording whose journal could not be recovered. */
function finishIncomplete(to: string, incomplete: string): void {
  edit(to, (db) => {
    migrate(db, to);
    db.prepare(
      `UPDATE recording SET incomplete = ?, loss = 'journal-damaged', state = 'finished', finished = ifnull(finished, created)`,
    ).run(incomplete);
  });
}

function edit(to: string, change: (db: Connection) => void): void {
  const db = openWriter(to, false);
  orClosed(db, () => {
    change(db);
  });
  closeAsOneFile(db);
  removeBeside(to);
}
