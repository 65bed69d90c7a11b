/**
 * Sidecar files are trusted like the recording itself: SQLite writes into its log and plays its journal back, and our
 * journal becomes messages. So each must be a regular file with one name, of the recording's owner: in a folder such
 * as /tmp, other users could have put one there.
 */
import {
  closeSync,
  constants,
  fstatSync,
  lstatSync,
  openSync,
  readSync,
  realpathSync,
  type Stats,
  statSync,
} from 'node:fs';
import { RecordingError } from '../../errors.js';
import { isThere, journalPath, journalSegments, lockPath, placesBeside } from './files.js';
import { isOpenHere } from './moved-file.js';
import { rollbackJournal } from './sqlite-error.js';

/**
 * Looks at all that lies beside a recording; `path` as the user named it.
 * @throws RecordingError if something there is not the recording's, the system's error if the recording is gone
 */
export function checkBeside(path: string): void {
  const file = realpathSync(path);
  const { uid } = statSync(file);
  for (const place of allPlaces(file)) {
    const found = lstatSync(place, { throwIfNoEntry: false });
    if (found === undefined) continue;
    const wrong = whatIsWrong(found, uid) ?? whatItMayNotBe(place, file, found);
    if (wrong === undefined) continue;
    const remedy = 'copy the recording to a folder of your own';
    throw new RecordingError({ reason: `${place} beside it ${wrong}`, remedy }, { path, code: 'UNSAFE' });
  }
  const journal = `${file}-journal`;
  if ((lstatSync(journal, { throwIfNoEntry: false })?.size ?? 0) > 0) {
    throw new RecordingError(rollbackJournal(journal), { path, code: 'UNSAFE' });
  }
}

/** The files that lie beside a recording and belong to it: there are some while it is made, or after a crash. */
export function filesBeside(path: string): readonly string[] {
  return allPlaces(realpathSync(path)).filter(isThere);
}

function allPlaces(file: string): readonly string[] {
  return [...placesBeside(file), ...journalSegments(file).map((segment) => journalPath(file, segment))];
}

function whatIsWrong(found: Stats, owner: number): string | undefined {
  if (!found.isFile()) return 'is no regular file';
  // Root may complete somebody else's recording, and SQLite then leaves files of root's for a moment.
  if (![owner, 0, process.geteuid?.()].includes(found.uid)) return 'belongs to another user';
  return found.nlink > 1 ? 'has another name elsewhere, where it would be changed too' : undefined;
}

/** SQLite locks the lock's file, but that stays empty and has no log. */
function whatItMayNotBe(place: string, file: string, found: Stats): string | undefined {
  const lock = lockPath(file);
  if (place === lock && found.size > 0) return 'is no lock, since something is in it';
  if (place === `${lock}-journal` && isHot(place)) return 'is a rollback journal, which no lock has';
  return place === `${lock}-wal` || place === `${lock}-shm`
    ? 'is the log of a lock, which has none'
    : undefined;
}

/** Whether SQLite would play this journal back: a finished one begins with zeros, or is empty. */
function isHot(journal: string): boolean {
  const found = lstatSync(journal, { throwIfNoEntry: false });
  if (found === undefined || found.size === 0) return false;
  const file = openRegular(journal);
  try {
    const first = new Uint8Array(1);
    return readSync(file, first, 0, 1, 0) === 1 && first[0] !== 0;
  } finally {
    closeSync(file);
  }
}

/**
 * To be called when SQLite has opened its log and not written yet.
 * @throws RecordingError if what it has open is not the file that lies beside the recording as its log
 */
export function checkLog(path: string): void {
  const log = lstatSync(`${realpathSync(path)}-wal`, { throwIfNoEntry: false, bigint: true });
  if (log === undefined || (log.isFile() && isOpenHere(`${log.dev}:${log.ino}`))) return;
  const reason = 'another file was put in the place of its log while it was opened';
  throw new RecordingError({ reason, remedy: 'look at who may write its folder' }, { path, code: 'UNSAFE' });
}

/** Opens a regular file for reading; never blocks on a pipe, and follows no link. @throws the system's error, or Error */
export function openRegular(path: string): number {
  const file = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  if (fstatSync(file).isFile()) return file;
  closeSync(file);
  throw notRegular(path);
}

/** @throws Error if there is something else than a file, the system's error if there is nothing */
export function checkRegular(path: string): Stats {
  const found = lstatSync(path);
  if (found.isFile()) return found;
  throw notRegular(path);
}

function notRegular(path: string): RecordingError {
  return new RecordingError(
    { reason: 'it is no regular file', remedy: 'remove it or choose another name' },
    { path, code: 'UNSAFE' },
  );
}
