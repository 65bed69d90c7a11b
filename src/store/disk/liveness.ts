/**
 * Whether a recording has a writer: the writer holds the lock beside it, or has just begun and will take it.
 * Check before you read, remove or replace a recording.
 */
import { existsSync, readdirSync, readlinkSync, realpathSync, statSync } from 'node:fs';
import { journalPath, lockPath } from './files.js';
import { Lock } from './lock.js';
import { fileAt } from './moved-file.js';

/** ms; within this time a recorder that has just been started holds its lock, unless the machine is busy. */
const usualStart = 1_500;

/** Also of one that has only begun. @throws the system's or SQLite's error if that cannot be found out */
export function isLive(file: string): boolean {
  return isStarting(file) || isWritten(file);
}

/** Whether the writer's lock is held. @throws the system's or SQLite's error if that cannot be found out */
export function isWritten(file: string): boolean {
  const lock = lockPath(file);
  try {
    return existsSync(lock) && Lock.isHeld(lock);
  } catch (error) {
    if (!existsSync(lock)) return false; // it ended this very moment
    throw error;
  }
}

/** Begun by a recorder that does not hold its lock yet, or died before it did. */
function isStarting(file: string): boolean {
  const stats = statSync(file, { throwIfNoEntry: false });
  if (stats?.size !== 0 || !existsSync(lockPath(file))) return false;
  // The clock of a file server may be ahead of ours.
  return Math.abs(Date.now() - stats.mtimeMs) < usualStart || isOpen(journalPath(realpathSync(file), 1));
}

/** Whether a process has this file open, as far as /proc tells: not of processes in other containers. */
function isOpen(file: string): boolean {
  const id = fileAt(file);
  const links = entriesOf('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => entriesOf(`/proc/${pid}/fd`).map((fd) => `/proc/${pid}/fd/${fd}`));
  // The name alone is no proof: in another user's mount namespace another file may have it.
  return id !== undefined && links.some((link) => targetOf(link) === file && fileAt(link) === id);
}

/** The folder's entries; none if it is gone or cannot be read. */
function entriesOf(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function targetOf(link: string): string | undefined {
  try {
    return readlinkSync(link);
  } catch {
    return undefined;
  }
}
