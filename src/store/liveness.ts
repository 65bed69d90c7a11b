/**
 * Whether somebody writes a recording: the writer holds the lock beside it, or has just begun and will. Who
 * reads, removes or replaces one has to ask. Knows nothing of what is written.
 */
import { existsSync, statSync } from 'node:fs';
import { lockPath } from './files.js';
import { Lock } from './lock.js';

/** ms; a recorder that has just been started holds its lock within this time, on a busy machine too. */
export const startPatience = 10_000;

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

/** Created a moment ago, by a recorder that does not hold its lock yet, or died before it did. */
function isStarting(file: string): boolean {
  const stats = statSync(file, { throwIfNoEntry: false });
  if (stats?.size !== 0 || !existsSync(lockPath(file))) return false;
  // A file server's clock may be ahead.
  return Math.abs(Date.now() - stats.mtimeMs) < startPatience;
}
