/**
 * Reads a log while another process writes it, and frees what was read: the file keeps its size, since its writer appends, and
 * takes no room on the disk. Neither truncation, which loses what is written in between, nor a FIFO, which stops a
 * writer that nobody reads, will do.
 */
import { type FSWatcher, fstatSync, readSync, watch } from 'node:fs';
import { hasLibc, libc } from '../../../transport/unix/libc.js';

/** Lines come in bursts; this long they are waited for together. */
const gatherMs = 20;
/** In case that the kernel does not tell. */
const lookMs = 1000;
const pieceSize = 1 << 20;
/** What is read before others have their turn. */
const turn = 8;

/** The most bytes that a log may take on the disk, before it is left alone. */
export const mostUnread = 256 << 20;

export interface TailEvents {
  /** Valid during the call. */
  readonly bytes: (piece: Buffer) => void;
  /** More than `most` lies there: it comes faster than it is read, or what is read cannot be freed. Called once. */
  readonly tooMuch: () => void;
}

export class LogTail {
  readonly #file: number;
  readonly #events: TailEvents;
  readonly #most: number;
  readonly #watcher: FSWatcher | undefined;
  readonly #timer: NodeJS.Timeout;
  readonly #buffer = Buffer.allocUnsafe(pieceSize);
  #gathering: NodeJS.Timeout | undefined;
  #read = 0;
  #freed = 0;
  #isTooMuch = false;

  constructor(file: number, events: TailEvents, most = mostUnread) {
    this.#file = file;
    this.#events = events;
    this.#most = most;
    this.#watcher = watchFile(file, () => {
      this.#gather();
    });
    this.#timer = setInterval(() => {
      this.#gather();
    }, lookMs);
  }

  /** Bytes of the log so far. */
  get size(): number {
    return this.#read;
  }

  /** Reads what is there, and stops; call it when nothing more can come. */
  end(): void {
    this.#watcher?.close();
    clearInterval(this.#timer);
    clearTimeout(this.#gathering);
    while (this.#readSome());
  }

  #gather(): void {
    this.#gathering ??= setTimeout(() => {
      this.#gathering = undefined;
      let more = true;
      for (let pieces = 0; more && pieces < turn; pieces++) more = this.#readSome();
      if (more) this.#gather();
      this.#check();
    }, gatherMs);
  }

  /** Whether there may be more. */
  #readSome(): boolean {
    const length = readSync(this.#file, this.#buffer, 0, pieceSize, this.#read);
    if (length === 0) return false;
    this.#read += length;
    this.#events.bytes(this.#buffer.subarray(0, length));
    this.#free();
    return true;
  }

  #free(): void {
    const length = this.#read - this.#freed;
    if (length < pieceSize || !hasLibc) return;
    if (libc().punchHole(this.#file, this.#freed, length) === 0) this.#freed = this.#read;
  }

  #check(): void {
    if (this.#isTooMuch || fstatSync(this.#file).size - this.#freed <= this.#most) return;
    this.#isTooMuch = true;
    this.#events.tooMuch();
  }
}

function watchFile(file: number, changed: () => void): FSWatcher | undefined {
  try {
    const watcher = watch(`/proc/self/fd/${file}`, changed);
    watcher.on('error', () => undefined);
    return watcher;
  } catch {
    return undefined; // no inotify watches are left; it is looked at now and then all the same
  }
}
