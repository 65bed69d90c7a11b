/**
 * Opens a recording in whatever state it is: finished, still being written, or left by a crash. What a crash left
 * is recovered first, in a copy if the place cannot be written, or if others could put other files there meanwhile.
 */
import { accessSync, constants, realpathSync, type Stats, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { RecordingError, type RecordingErrorCode } from '../../errors.js';
import type { RecordingReader } from '../../recording/ports.js';
import type { Connection } from '../disk/connect.js';
import { openReadOnly, orClosed } from '../disk/database.js';
import { codeOf, isThere, journalSegments, reasonOf } from '../disk/files.js';
import { isLive, isWritten } from '../disk/liveness.js';
import { checkBeside } from '../disk/sidecar-files.js';
import { isFull, isPlaceTrouble, readFailure } from '../disk/sqlite-error.js';
import { withCopy } from '../disk/temporary-copy.js';
import { whoMayReplace } from '../disk/trust.js';
import { lookAt } from '../format/look.js';
import { formatOf } from '../format/migrate.js';
import { type OpenedFile, StoredRecording } from '../read/reader.js';
import { copyRecording } from './backup.js';
import { hasJournal, makeOneFile, recover, stateOf } from './recover.js';

/** What `openRecording` may be told. */
export interface OpenOptions {
  /** Told, in one line each, what had to be done before the recording could be read. */
  readonly onNotice?: ((line: string) => void) | undefined;
}

/** A recording in a file, without details of how it is stored: those are not part of the library. */
export interface OpenedRecording extends Required<RecordingReader> {
  /** Gives a line for each thing in the file that is not as it was written. */
  damage(): Iterable<string>;
  /**
   * Copies all of it, as of one moment, into a new file that is a finished recording; the way to copy a live one.
   * @throws the system's or SQLite's error
   */
  copyTo(path: string): Promise<void>;
}

/** A connection that only reads, and what opening found. */
interface Opened {
  readonly db: Connection;
  readonly place: OpenedFile;
}

type Notice = (line: string) => void;

/** A recorder makes its tables within this time, on a busy machine too. */
const startPatience = 10_000;
/** A crash may leave a gigabyte to recover: some 100,000 messages a second. */
const takeInPatience = 60_000;
/** SQLite's files beside it come and go while others finish with it. */
const racePatience = 500;
const poll = 10;

/**
 * Opens a recording for reading, finished or still being made. What a crash left is recovered first.
 * @example
 * using recording = openRecording('boot.qmptap');
 * for (const { seq, name } of recording.messages({ where: parseFilter('kind:event') })) console.log(seq, name);
 * @throws RecordingError if it is missing, no recording, damaged, unsafe to open or from a newer qmptap
 */
export function openRecording(path: string, options: OpenOptions = {}): OpenedRecording {
  const notice = options.onNotice ?? (() => undefined);
  try {
    if (path.includes('\0'))
      throw new RecordingError(
        { subject: JSON.stringify(path), reason: 'a name cannot have a NUL in it' },
        { path, code: 'MISSING' },
      );
    checkFile(path, resolve(path));
    // Where SQLite looks for what lies beside a file: at the end of links.
    const file = realpathSync(path);
    for (let waited = 0; waited < takeInPatience; waited += poll) {
      checkBeside(path);
      lookAt(path, file);
      const opened = openLive(path, file) ?? openStill(path, file, notice, waited < racePatience);
      if (opened !== undefined) return read(opened);
      pause();
    }
    throw refused(path, 'IN_USE', 'another program is at work on it', 'try again');
  } catch (error) {
    throw readFailure(path, error);
  }
}

function read({ db, place }: Opened): OpenedRecording {
  return orClosed(db, () => new StoredRecording(db, place, copyRecording));
}

/** Only a file may be opened: a pipe would keep us waiting for ever. */
function checkFile(path: string, file: string): void {
  if (path === '')
    throw new RecordingError({ subject: "''", reason: 'it is no name' }, { path, code: 'MISSING' });
  const stats = statsOf(file);
  if (stats?.isFile() === true) return;
  if (stats?.isDirectory() === true)
    throw refused(path, 'NOT_A_RECORDING', 'it is a folder, not a recording');
  if (stats !== undefined) throw refused(path, 'NOT_A_RECORDING', 'it is no regular file');
  if (isThere(file)) throw refused(path, 'MISSING', 'it is a link to nothing');
  throw refused(path, 'MISSING', 'no such file', isDirectory(dirname(file)) ? leftOf(path, file) : undefined);
}

/** A machine that lost its power may lose the recording's name and keep its journal's. */
function leftOf(path: string, file: string): string | undefined {
  const [segment] = journalSegments(file);
  if (segment === undefined) return undefined;
  return `but its journal is there: make an empty file of that name (touch ${path}) to have what it holds`;
}

function isDirectory(folder: string): boolean {
  return statSync(folder, { throwIfNoEntry: false })?.isDirectory() === true;
}

function refused(path: string, code: RecordingErrorCode, reason: string, remedy?: string): RecordingError {
  return new RecordingError({ reason, remedy }, { path, code });
}

/** From Node 22 on, `throwIfNoEntry` does not tell a path that is wrong from one that is not there. */
function statsOf(file: string): Stats | undefined {
  try {
    return statSync(file);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw error;
  }
}

/** Undefined if it is not being written. */
function openLive(path: string, file: string): Opened | undefined {
  for (let waited = 0; isLive(file); waited += poll) {
    let db: Connection;
    try {
      db = openReadOnly(file);
    } catch (error) {
      // Its first tables are just being written.
      if (codeOf(error) !== 'SQLITE_CORRUPT' || waited > startPatience) throw error;
      pause();
      continue;
    }
    const state = orClosed(db, () => stateOf(db, path));
    // What another reader is recovering will be whole in a moment.
    if (state === 'recording' || (state === 'recovering' && waited > takeInPatience)) {
      return { db, place: { path, live: () => isWritten(file), incomplete: undefined } };
    }
    db.close();
    if (state === 'begun' && waited > startPatience) {
      throw refused(path, 'IN_USE', 'its recording has only begun', 'try again');
    }
    pause();
  }
  return undefined;
}

function pause(): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, poll);
}

/** Undefined if it is to be tried again: others are at work on it. */
function openStill(path: string, file: string, notice: Notice, again: boolean): Opened | undefined {
  const others = whoMayReplace(file);
  if (others !== undefined) {
    if (!hasJournal(file) && isOneFile(path, file)) return still(path, openFinished(path, file));
    return openCopy(path, file, others, notice);
  }
  try {
    const { done, incomplete } = bringUpToDate(path, file, notice);
    return done ? still(path, openFinished(path, file), incomplete) : undefined;
  } catch (error) {
    if (!isPlaceTrouble(error)) throw error;
    if (again && isWritable(file) && !isFull(error)) return undefined;
    return openCopy(path, file, reasonOf(error), notice);
  }
}

function isOneFile(path: string, file: string): boolean {
  const looked = lookAt(path, file);
  return looked === undefined || (looked.is === 'recording' && !looked.hasLog);
}

function isWritable(file: string): boolean {
  try {
    accessSync(file, constants.W_OK);
    accessSync(dirname(file), constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

/** Reads a copy, where the recording cannot be read as and where it is. */
function openCopy(path: string, file: string, reason: string, notice: Notice): Opened {
  return withCopy(file, (copy) => {
    checkBeside(copy);
    lookAt(path, copy);
    notice(`${path}: it cannot be completed where it is (${reason}); a temporary copy is read`);
    const { incomplete } = bringUpToDate(path, copy, () => undefined);
    return still(path, openFinished(path, copy), incomplete);
  });
}

/** `incomplete`: why a part could not be recovered. Not `done`: another process is recovering it. */
function bringUpToDate(path: string, file: string, notice: Notice): { done: boolean; incomplete?: string } {
  if (!hasJournal(file)) return { done: true };
  try {
    const begin = (): void => {
      notice(`${path}: its recording was cut off; recovering what was left beside it`);
    };
    const { done, kept } = recover(file, begin);
    for (const place of kept)
      notice(`${path}: a part of its journal does not follow on what is there; it is kept in ${place}`);
    return { done };
  } catch (error) {
    if (isPlaceTrouble(error) || error instanceof RecordingError) throw error;
    return { done: true, incomplete: `its journal could not be recovered: ${reasonOf(error)}` };
  }
}

/** Opens a recording that is no longer written. */
function openFinished(path: string, file: string): Connection {
  const db = openReadOnly(file);
  const { state, hasLog } = orClosed(db, () => ({
    state: formatOf(db, path).state,
    hasLog: db.pragma('journal_mode', { simple: true }) === 'wal',
  }));
  if (state !== 'empty' && !hasLog) return db;
  db.close();
  if (state === 'empty') throw empty(path, file);
  makeOneFile(file);
  return openReadOnly(file);
}

/** All of a recording that has just begun is in the files beside it. */
function empty(path: string, file: string): RecordingError {
  if (statSync(file).size === 0) return refused(path, 'NOT_A_RECORDING', 'it is empty, no recording');
  const remedy = 'if it was copied while it was made, copy the files beside it too';
  return refused(path, 'NOT_A_RECORDING', 'it holds nothing', remedy);
}

/** A recording that is not being written. */
function still(path: string, db: Connection, incomplete?: string): Opened {
  return { db, place: { path, live: () => false, incomplete } };
}
