/**
 * The files of a recording on disk: their names, their rights, and what to say when the system
 * refuses one.
 */
import {
  closeSync,
  fstatSync,
  fsyncSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  rmSync,
  statSync,
  type Stats,
  constants,
} from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';

/** Recordings hold guests' secrets (passwords in commands, keys), so only their owner may read them. */
const fileMode = 0o600;
const folderMode = 0o700;

/** A segment of the journal, numbered from 1. */
export function journalPath(path: string, segment: number): string {
  return `${path}-journal-${segment}`;
}

/** Locked by the process that writes the recording. */
export function lockPath(path: string): string {
  return `${path}-lock`;
}

/** The numbers of the journal's segments that lie beside a recording, ascending. */
export function journalSegments(path: string): number[] {
  const prefix = `${basename(path)}-journal-`;
  return readdirSync(dirname(path))
    .filter((name) => name.startsWith(prefix) && /^[1-9]\d{0,8}$/.test(name.slice(prefix.length)))
    .map((name) => Number(name.slice(prefix.length)))
    .sort((a, b) => a - b);
}

/** Paths of the sidecar files besides the journal, existing or not: the lock, and SQLite's files for both. */
export function placesBeside(path: string): string[] {
  const lock = lockPath(path);
  return [lock, ...[path, lock].flatMap((one) => ['-wal', '-shm', '-journal'].map((ending) => one + ending))];
}

/** Makes the folder and its parents with mode 0700. An existing folder keeps its mode. */
export function createFolder(path: string): void {
  if (isThere(path)) return;
  // Not with `recursive`: in /proc, where no folder can be made, Node never returns.
  createFolder(dirname(path));
  try {
    mkdirSync(path, { mode: folderMode });
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') throw error; // another process has made it
  }
}

/**
 * Creates a file that was not there, to be read and written by the user only; follows no link.
 * @throws the system's error, `EEXIST` if anything has this name
 */
export function createFile(path: string): number {
  return openSync(
    path,
    constants.O_RDWR | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW,
    fileMode,
  );
}

/** Creates an empty file like {@link createFile}; gives its number in the file system. */
export function createEmptyFile(path: string): number {
  const file = createFile(path);
  const { ino } = fstatSync(file);
  closeSync(file);
  return ino;
}

/** Waits until the names in a folder are on the disk. Some file systems have no such call, and need none. */
export function syncFolder(folder: string): void {
  const open = openSync(folder, constants.O_RDONLY | constants.O_DIRECTORY);
  try {
    fsyncSync(open);
  } catch (error) {
    if (codeOf(error) !== 'EINVAL') throw error;
  } finally {
    closeSync(open);
  }
}

/** Waits until SQLite's log of a recording, if there is one, is on the disk, with its name. Closing it drops no lock. */
export function syncLog(path: string): void {
  syncFolder(dirname(path));
  let log: number;
  try {
    log = openSync(`${path}-wal`, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return;
    throw error;
  }
  try {
    fsyncSync(log);
  } finally {
    closeSync(log);
  }
}

/** Whether the name exists. A dangling link counts. */
export function isThere(path: string): boolean {
  try {
    return lstatSync(path, { throwIfNoEntry: false }) !== undefined;
  } catch {
    return false; // the folder cannot be read; the caller's next step fails with the reason
  }
}

/**
 * Whether this is a device, a pipe, a socket or anything in /dev, /proc or /sys. Such a file may be written to, but
 * never removed or replaced: other programs need it.
 * @throws the system's error if that cannot be found out
 */
export function isSpecial(path: string): boolean {
  const there = statFollowed(path);
  if (there === undefined || there.isDirectory()) return false;
  return !there.isFile() || /^\/(?:dev(?!\/shm\/)|proc|sys)\//.test(resolve(path));
}

/**
 * What the path leads to; undefined if nothing is there, or if the kernel does not follow a link of another user's in a
 * folder where all may write.
 */
export function statFollowed(path: string): Stats | undefined {
  try {
    return statSync(path, { throwIfNoEntry: false });
  } catch (error) {
    if (lstatSync(path).isSymbolicLink()) return undefined;
    throw error;
  }
}

/** Whether both names lead to one file, over links too. */
export function isSameFile(one: string, other: string): boolean {
  try {
    const [a, b] = [statSync(one), statSync(other)];
    return a.ino === b.ino && a.dev === b.dev;
  } catch {
    return false; // one is missing; opening it reports that
  }
}

/** Removes SQLite's log. No process may have the recording open. */
export function removeLog(path: string): void {
  for (const ending of ['-wal', '-shm']) rmSync(path + ending, { force: true });
}

/** Replaces SQLite's log by empty files of our own. No writer may have the recording open. */
export function renewLog(path: string): void {
  removeLog(path);
  for (const ending of ['-wal', '-shm']) createEmptyFile(path + ending);
  syncFolder(dirname(path));
}

/** Removes the journal and then the lock, which exist only during recording. */
export function removeJournal(path: string): void {
  if (!isThere(dirname(path))) return; // removed together with its folder
  for (const segment of journalSegments(path)) rmSync(journalPath(path, segment), { force: true });
  for (const ending of ['', '-journal']) rmSync(lockPath(path) + ending, { force: true });
}

/** Removes all sidecar files. No process may have the recording open. */
export function removeBeside(path: string): void {
  removeJournal(path);
  for (const place of placesBeside(path)) rmSync(place, { force: true });
}

/** Removes a recording and its sidecar files. No process may have it open. */
export function removeRecording(path: string): void {
  removeBeside(path);
  rmSync(path, { force: true });
}

/** Whether the name, or the name of one of its sidecar files, exists. */
export function isTaken(path: string): boolean {
  if (isThere(path) || placesBeside(path).some(isThere)) return true;
  try {
    return journalSegments(path).length > 0;
  } catch {
    return false; // no such folder, or it cannot be read; creating the file reports that
  }
}

/** The path of a copy with the same name in another folder. */
export function pathIn(folder: string, path: string): string {
  return join(folder, basename(path));
}

const reasons: Readonly<Record<string, string>> = {
  EACCES: 'permission denied',
  EDQUOT: 'the disk quota is used up',
  EEXIST: 'it exists already',
  EFBIG: 'the file would be too large',
  EIO: 'the disk failed to read or write',
  EISDIR: 'it is a folder',
  ELOOP: 'it is a symbolic link',
  EMFILE: 'too many open files',
  ENAMETOOLONG: 'the name is too long',
  ENFILE: 'too many open files in the system',
  ENOENT: 'no such file or folder',
  ENOSPC: 'no space left on the disk',
  ENOTDIR: 'a part of the path is no folder',
  EPERM: 'not permitted',
  EROFS: 'the file system is read-only',
};

/** What an error of the system or of SQLite means, in plain words. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const code = codeOf(error) ?? '';
  if (code.startsWith('SQLITE_BUSY')) return 'another program keeps it locked';
  if (code.startsWith('SQLITE_FULL')) return 'no space left on the disk';
  if (code.startsWith('SQLITE_IOERR')) return `the disk failed to read or write (${code})`;
  if (code.startsWith('SQLITE_READONLY')) return 'it cannot be written';
  if (code.startsWith('SQLITE_CANTOPEN')) return 'a file cannot be opened or made';
  return reasons[code] ?? error.message.split('\n', 1)[0] ?? error.message;
}

/** The error's code, `ENOSPC` or `SQLITE_FULL`, if it has one. */
export function codeOf(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}
