/**
 * The lock that a recorder holds as long as it writes. If the lock's file is removed, a new one is made and locked:
 * without it the next reader would think that the recorder has crashed.
 */
import { createEmptyFile, lockPath } from './files.js';
import { Lock } from './lock.js';
import { fileAt } from './moved-file.js';

export class KeptLock {
  readonly #path: string;
  #lock: Lock;
  #file: string | undefined;

  private constructor(path: string, lock: Lock) {
    this.#path = path;
    this.#lock = lock;
    this.#file = fileAt(path);
  }

  /**
   * Takes the lock of the recording at `path`, waiting up to `patience` ms; undefined if another process holds it.
   * @throws the system's or SQLite's error if there is no such file, or no right to it
   */
  static take(path: string, patience: number): KeptLock | undefined {
    const lock = Lock.take(lockPath(path), patience);
    return lock === undefined ? undefined : new KeptLock(lockPath(path), lock);
  }

  /** Call it about once a second. */
  keep(): void {
    if (fileAt(this.#path) === this.#file) return;
    try {
      createEmptyFile(this.#path);
      const renewed = Lock.take(this.#path, 0);
      if (renewed === undefined) return;
      this.#lock.release();
      this.#lock = renewed;
      this.#file = fileAt(this.#path);
    } catch {
      // The folder is gone, or another process has the lock; both are reported elsewhere.
    }
  }

  release(): void {
    this.#lock.release();
  }
}
