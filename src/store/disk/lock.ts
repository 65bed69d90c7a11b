/**
 * Tells whether a recording's writer lives: it holds a lock of the kernel's, which ends with its process
 * however that dies, and which is seen from other containers too, where a process number means nothing.
 * SQLite takes the lock, since Node has no call for it.
 */
import { statSync } from 'node:fs';
import { checkRegular } from './sidecar-files.js';
import { connect, firstRead, type Connection } from './connect.js';
import { isBusy } from './sqlite-error.js';
import { asOwner, whoMayReplace } from './trust.js';

/**
 * Never open or close a lock's file by other means in the process that holds it: the kernel gives up all
 * of a process's locks on a file when the process closes it once (fcntl's record locks).
 */
export class Lock implements Disposable {
  readonly #db: Connection;

  private constructor(db: Connection) {
    this.#db = db;
  }

  /**
   * Takes the lock, waiting up to `patience` ms; undefined if another process holds it.
   * @throws the system's or SQLite's error if there is no such file, or no right to it
   */
  static take(path: string, patience: number): Lock | undefined {
    const { ino } = checkRegular(path);
    const db = connect(path, { readonly: false, patience });
    try {
      db.pragma('page_size = 512'); // of a file that stays empty: SQLite sets aside memory for twenty of them
      // Otherwise SQLite makes a file beside it, which would be written through a link that somebody puts there.
      db.pragma('journal_mode = MEMORY');
      db.exec('BEGIN EXCLUSIVE');
      // The one before may have finished and removed the file, and another have made a new one.
      if (statSync(path, { throwIfNoEntry: false })?.ino === ino) return new Lock(db);
    } catch (error) {
      if (!isBusy(error)) {
        db.close();
        throw error;
      }
    }
    db.close();
    return undefined;
  }

  /** Whether a process holds it; several may ask at the same time. */
  static isHeld(path: string): boolean {
    checkRegular(path);
    return asOwner(path, whoMayReplace(path), () => {
      const db = connect(path, { readonly: true, patience: 0 });
      try {
        firstRead(db);
        return false;
      } catch (error) {
        if (isBusy(error)) return true;
        throw error;
      } finally {
        db.close();
      }
    });
  }

  release(): void {
    this.#db.close();
  }

  [Symbol.dispose](): void {
    this.release();
  }
}
