/**
 * Opens a recording in whatever state it is: finished, still being written, or left by a crash. What a
 * crash left is taken in first, in a copy if the place cannot be written. Knows nothing of queries.
 */
import {
  accessSync,
  constants,
  copyFileSync,
  existsSync,
  mkdtempSync,
  realpathSync,
  rmSync,
  type Stats,
  statSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { RecordingError } from '../../errors.js';
import type { RecordingReader } from '../../recording/ports.js';
import { checkBeside } from '../disk/sidecar-files.js';
import {
  isFull,
  isPlaceTrouble,
  openReadOnly,
  orClosed,
  readFailure,
  type Connection,
} from '../disk/database.js';
import { codeOf, isThere, journalPath, journalSegments, pathIn, reasonOf } from '../disk/files.js';
import { isLive, isWritten } from '../disk/liveness.js';
import { formatOf } from '../rows/migrate.js';
import { type Place, StoredRecording } from '../read/reader.js';
import { hasJournal, makeOneFile, stateOf, takeIn, upgrade } from './recover.js';

export interface OpenOptions {
  /** Told, in one line each, what had to be done before the recording could be read. */
  readonly onNotice?: ((line: string) => void) | undefined;
}

/** A recording that lies in a file; nothing of how it lies there, so that the library tells nobody. */
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
export interface Opened {
  readonly db: Connection;
  readonly place: Place;
}

type Notice = (line: string) => void;

/** A recorder makes its tables within this time, on a busy machine too. */
const startPatience = 10_000;
/** A crash may leave a gigabyte to take in: some 100,000 messages a second. */
const takeInPatience = 60_000;
/** SQLite's files beside it come and go while others finish with it. */
const racePatience = 500;
const poll = 10;

/**
 * Opens a recording for reading.
 * @throws RecordingError if it is missing, no recording, damaged or from a newer qmptap
 */
export function openRecording(path: string, options: OpenOptions = {}): OpenedRecording {
  const { db, place } = openConnection(path, options);
  try {
    return orClosed(db, () => new StoredRecording(db, place));
  } catch (error) {
    throw readFailure(path, error);
  }
}

/**
 * The same for who reads the tables by SQL.
 * @throws RecordingError like {@link openRecording}
 */
export function openConnection(path: string, options: OpenOptions = {}): Opened {
  const notice = options.onNotice ?? (() => undefined);
  try {
    checkFile(path, resolve(path));
    // Where SQLite looks for what lies beside a file: at the end of links.
    const file = realpathSync(path);
    for (let waited = 0; waited < takeInPatience; waited += poll) {
      checkBeside(path);
      const opened = openLive(path, file) ?? openStill(path, file, notice, waited < racePatience);
      if (opened !== undefined) return opened;
      pause();
    }
    throw new RecordingError(`${path}: another program is at work on it; try again`, { path });
  } catch (error) {
    throw readFailure(path, error);
  }
}

/** Only a file may be opened: a pipe would keep us waiting for ever. */
function checkFile(path: string, file: string): void {
  const stats = statsOf(file);
  if (stats?.isFile() === true) return;
  let reason = 'no such file';
  if (stats?.isDirectory() === true) reason = 'it is a folder, not a recording';
  else if (stats !== undefined) reason = 'it is no regular file';
  else if (isThere(file)) reason = 'it is a link to nothing';
  throw new RecordingError(`${path}: ${reason}`, { path });
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

/** Undefined if nobody writes it. */
function openLive(path: string, file: string): Opened | undefined {
  for (let waited = 0; isLive(file); waited += poll) {
    const db = openReadOnly(file);
    const state = orClosed(db, () => stateOf(db, path));
    // What another reader is taking in will be whole in a moment.
    if (state === 'recording' || (state === 'being taken in' && waited > takeInPatience)) {
      return { db, place: { path, live: () => isWritten(file), incomplete: undefined } };
    }
    db.close();
    if (state === 'old') {
      throw new RecordingError(`${path}: an older qmptap is still writing it; wait for its end`, { path });
    }
    if (state === 'begun' && waited > startPatience) {
      throw new RecordingError(`${path}: its recording has only begun; try again`, { path });
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
  try {
    const { done, incomplete } = bringUpToDate(path, file, notice);
    return done ? { db: openFinished(path, file), place: still(path, incomplete) } : undefined;
  } catch (error) {
    if (!isPlaceTrouble(error)) throw error;
    if (again && isWritable(file) && !isFull(error)) return undefined;
    return openCopy(path, file, reasonOf(error), notice);
  }
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
  const folder = mkdtempSync(join(tmpdir(), 'qmptap-copy-'));
  try {
    const copy = pathIn(folder, file);
    copyFileSync(file, copy);
    if (existsSync(`${file}-wal`)) copyFileSync(`${file}-wal`, `${copy}-wal`);
    for (const segment of journalSegments(file)) {
      copyFileSync(journalPath(file, segment), journalPath(copy, segment));
    }
    notice(`${path}: it cannot be completed where it is (${reason}); a temporary copy is read`);
    const { incomplete } = bringUpToDate(path, copy, () => undefined);
    return { db: openFinished(path, copy), place: still(path, incomplete) };
  } finally {
    // What is open stays readable without a name, and so is gone whatever ends this process.
    rmSync(folder, { recursive: true, force: true });
  }
}

/** `incomplete`: why a part could not be taken in. Not `done`: somebody else is at it. */
function bringUpToDate(path: string, file: string, notice: Notice): { done: boolean; incomplete?: string } {
  if (!hasJournal(file)) return { done: true };
  try {
    const begin = (): void => {
      notice(`${path}: its recording was cut off; what was left beside it is taken in`);
    };
    return { done: takeIn(file, begin) };
  } catch (error) {
    if (isPlaceTrouble(error) || error instanceof RecordingError) throw error;
    return { done: true, incomplete: `its journal could not be taken in: ${reasonOf(error)}` };
  }
}

/** Opens what nobody writes any more. */
function openFinished(path: string, file: string): Connection {
  const db = openReadOnly(file);
  const { state, isOneFile } = orClosed(db, () => ({
    state: formatOf(db, path).state,
    isOneFile: db.pragma('journal_mode', { simple: true }) !== 'wal',
  }));
  if (state === 'current' && isOneFile) return db;
  db.close();
  if (state === 'empty') throw empty(path, file);
  if (state === 'old') upgrade(file);
  else makeOneFile(file);
  return openReadOnly(file);
}

/** All of a recording that has just begun is in the files beside it. */
function empty(path: string, file: string): RecordingError {
  const what = 'it holds nothing; if it was copied while it was made, copy the files beside it too';
  return new RecordingError(`${path}: ${statSync(file).size === 0 ? 'it is empty, no recording' : what}`, {
    path,
  });
}

/** A place where nobody writes. */
function still(path: string, incomplete: string | undefined): Place {
  return { path, live: () => false, incomplete };
}
