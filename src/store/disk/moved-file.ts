/**
 * Finds out whether an open file was moved or removed, or its folder unmounted, since nothing reports that.
 */
import {
  closeSync,
  constants,
  fstatSync,
  openSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  statSync,
} from 'node:fs';

/** The new place of a moved file, or that it was removed. */
export interface Gone {
  /** The file has no name any more. */
  readonly removed: boolean;
  /** One line for the user. */
  readonly reason: string;
  /** Its new name, if that is known. */
  readonly path?: string;
}

/** Identifies a file, also in another thread of this process. */
export interface HeldFile {
  readonly id: string;
  readonly hold: number | undefined;
}

/**
 * Linux's O_PATH: holds on to a file without opening it. Closing any other descriptor of a file takes away all
 * locks that the process has on it, SQLite's among them.
 */
const opensNothing = 0o10_000_000;

/** Takes hold of a file until `release`. @throws the system's error if there is no such file */
export function holdFile(path: string): HeldFile {
  const hold = process.platform === 'linux' ? openSync(path, constants.O_RDONLY | opensNothing) : undefined;
  return { id: fileAt(path) ?? '', hold };
}

export function releaseFile({ hold }: HeldFile): void {
  if (hold !== undefined) closeSync(hold);
}

/** What happened to the file that was at `path`; undefined if it is still there. */
export function whereIs({ id, hold }: HeldFile, path: string): Gone | undefined {
  if (fileAt(path) === id) return undefined;
  if (hold === undefined || fstatSync(hold).nlink === 0) {
    return { removed: true, reason: 'the file was removed while it was recorded' };
  }
  const now = readlinkSync(`/proc/self/fd/${hold}`);
  return fileAt(now) === id
    ? { removed: false, reason: `the file was moved to ${now} while it was recorded`, path: now }
    : { removed: false, reason: 'its folder was unmounted or hidden while it was recorded' };
}

/** Device and inode of the file at `path`; undefined if there is none. */
export function fileAt(path: string): string | undefined {
  try {
    const { dev, ino } = statSync(path, { bigint: true });
    return `${dev}:${ino}`;
  } catch {
    return undefined;
  }
}

/** Whether this process has the file open, apart from `except` and from holds. Always true where there is no /proc. */
export function isOpenHere(id: string, except?: number): boolean {
  const isIt = (fd: string): boolean =>
    fd !== String(except) && fileAt(`${descriptors}/${fd}`) === id && !isPathOnly(fd);
  return newest().some(isIt) || all()?.some(isIt) !== false;
}

const descriptors = '/proc/self/fd';
/** A database that was just opened has fewer. */
const fewNew = 16;

/** Descriptors that were probably opened last: a process may have thousands, and mostly one of these is asked for. */
function newest(): string[] {
  try {
    const free = openSync('/dev/null', constants.O_RDONLY);
    closeSync(free);
    return Array.from({ length: Math.min(free, fewNew) }, (_, back) => String(free - 1 - back));
  } catch {
    return []; // none is left
  }
}

function all(): string[] | undefined {
  try {
    return readdirSync(descriptors);
  } catch {
    return undefined;
  }
}

/** Whether it was opened with {@link opensNothing}. */
function isPathOnly(fd: string): boolean {
  try {
    const flags = /^flags:\s*([0-7]+)/m.exec(readFileSync(`/proc/self/fdinfo/${fd}`, 'utf8'))?.[1];
    return (parseInt(flags ?? '0', 8) & opensNothing) !== 0;
  } catch {
    return true; // closed by now
  }
}
