/** Whether a recording that is being written is still there, and what is left to do where it is not. */
import { dirname } from 'node:path';
import { isThere, removeJournal, removeLog } from '../disk/files.js';
import type { FromFollowed } from './indexer-messages.js';
import { whereIs, type Gone, type HeldFile } from '../disk/moved-file.js';

export class FileWatch {
  readonly #path: string;
  readonly #file: HeldFile;
  readonly #tell: (told: FromFollowed) => void;
  #movedTold = false;

  constructor(path: string, file: HeldFile, tell: (told: FromFollowed) => void) {
    this.#path = path;
    this.#file = file;
    this.#tell = tell;
  }

  /** Where the file is now, if it was moved or removed. A move is reported once. */
  look(): Gone | undefined {
    const gone = whereIs(this.#file, this.#path);
    if (gone?.removed === false && !this.#movedTold) this.#tell({ type: 'gone', reason: gone.reason });
    this.#movedTold ||= gone?.removed === false;
    return gone;
  }

  /** Removes the sidecar files of a recording that the user has removed. */
  lose(gone: Gone): void {
    this.removeRest(gone);
    this.#tell({ type: 'lost', reason: gone.reason });
  }

  /** Removes what lay beside the file; it went along with its folder, if that was moved. */
  removeRest(gone: Gone): void {
    const beside = isThere(dirname(this.#path)) ? this.#path : gone.path;
    if (beside === undefined) return;
    if (beside !== this.#path || !isThere(this.#path)) removeLog(beside);
    removeJournal(beside);
  }
}
