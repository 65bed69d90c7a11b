/**
 * The forwarding thread's end of the indexer: starts it, asks it to flush and to finish, and notices its
 * death.
 */
import { createRequire } from 'node:module';
import { Worker } from 'node:worker_threads';
import { lockPath, reasonOf } from '../disk/files.js';
import type { Trouble } from './indexer.js';
import type { FromIndexer, IndexerData, ToIndexer } from './indexer-messages.js';
import type { Lock } from '../disk/lock.js';
import { holdFile, releaseFile } from '../disk/moved-file.js';

export interface IndexerEvents {
  /** It ended by itself: what the journal holds now waits for the next one. */
  readonly died: (reason: string) => void;
  /** It cannot write the file for now, and tries again: what the journal holds waits. */
  readonly stuck: (reason: string) => void;
  /** The recording's file is not under its name any more; `finish` gives it what it can still be given. */
  readonly gone: (reason: string) => void;
  /** The recording's file was removed. */
  readonly lost: (reason: string) => void;
  /** A recording of the series was removed. */
  readonly removed: (path: string) => void;
  /** One could not be removed; the line says why. */
  readonly notRemoved: (line: string) => void;
}

type Outcome = Pick<FromIndexer & { type: 'finished' }, 'messages' | 'incomplete'>;
interface Unfinished {
  readonly messages: undefined;
  readonly incomplete: string;
}

/** Resolved by name, since tests run the sources while the thread is always the built file. */
const script = '#indexer';
/** ms; readers that test the lock hold it for less than one. */
const lockPatience = 1_000;

export class IndexerThread {
  readonly #path: string;
  readonly #data: IndexerData;
  readonly #events: IndexerEvents;
  #worker: Worker;
  #ended: Promise<void> = Promise.resolve();
  /** Why the thread ended. */
  #gone: string | undefined;
  #outcome: Outcome | undefined;
  #finishing = false;
  /** Taken over from a dead thread, so that no reader recovers a journal that still grows. */
  #lock: Promise<Lock | undefined> = Promise.resolve(undefined);
  #flushes = 0;
  readonly #waiting = new Map<number, () => void>();

  /** @throws the system's error if the file is not there */
  constructor(options: Omit<IndexerData, 'wakeups' | 'gauge' | 'file'>, events: IndexerEvents) {
    const shared = (length: number): Int32Array => new Int32Array(new SharedArrayBuffer(4 * length));
    this.#path = options.path;
    this.#data = { ...options, file: holdFile(options.path), wakeups: shared(1), gauge: shared(2) };
    this.#events = events;
    try {
      this.#worker = this.#start();
    } catch (error) {
      releaseFile(this.#data.file);
      throw error;
    }
  }

  /** Bytes that the file has, as of its last commit. */
  get size(): number {
    return Atomics.load(this.#data.gauge, 0) * 1024;
  }

  /** The segment of the journal that is being indexed. */
  get segment(): number {
    return Math.max(1, Atomics.load(this.#data.gauge, 1));
  }

  /** Removes the oldest recordings of the series that are too many. */
  prune(): void {
    if (this.#data.series?.keep !== undefined && !this.#finishing) this.#say({ type: 'prune' });
  }

  /** Waits until what the journal holds now can be read from the tables, or never will be. */
  async flush(): Promise<void> {
    if (this.#gone !== undefined || this.#finishing) return;
    const id = ++this.#flushes;
    await new Promise<void>((resolve) => {
      this.#waiting.set(id, resolve);
      this.#worker.ref();
      this.#say({ type: 'flush', id });
    });
    this.#rest();
  }

  /** Waits until the lock of a dead thread is held in its place. */
  async held(): Promise<void> {
    await this.#lock;
  }

  /** Indexes what is left, with a new thread if the first one died; the journal must be closed. */
  async finish(trouble: Trouble | undefined): Promise<Outcome | Unfinished> {
    this.#finishing = true;
    if (this.#gone !== undefined && this.#outcome === undefined) {
      (await this.#lock)?.release();
      this.#gone = this.#startAgain();
    }
    if (this.#gone === undefined) {
      this.#worker.ref();
      this.#say({ type: 'finish', trouble });
      await this.#ended;
    }
    releaseFile(this.#data.file);
    return this.#outcome ?? this.#unfinished();
  }

  /** Gives the reason why it cannot be. */
  #startAgain(): string | undefined {
    try {
      this.#worker = this.#start();
      return undefined;
    } catch (error) {
      return reasonOf(error);
    }
  }

  #unfinished(): Unfinished {
    const reason = this.#gone ?? 'its thread ended';
    return { messages: undefined, incomplete: `${reason}; the rest is recovered when it is next opened` };
  }

  /** An idle thread does not keep the process alive. */
  #rest(): void {
    if (this.#waiting.size === 0 && !this.#finishing) this.#worker.unref();
  }

  #start(): Worker {
    const worker = new Worker(createRequire(import.meta.url).resolve(script), {
      name: 'indexer',
      workerData: this.#data,
      execArgv: [],
      resourceLimits: { maxYoungGenerationSizeMb: 8 },
    });
    worker.unref();
    worker.on('message', (message: FromIndexer) => {
      this.#hear(message);
    });
    worker.on('error', (error) => {
      this.#gone = reasonOf(error);
    });
    this.#ended = new Promise((resolve) => {
      worker.on('exit', () => {
        this.#onExit();
        resolve();
      });
    });
    return worker;
  }

  #say(message: ToIndexer): void {
    this.#worker.postMessage(message);
    Atomics.add(this.#data.wakeups, 0, 1);
    Atomics.notify(this.#data.wakeups, 0);
  }

  #hear(message: FromIndexer): void {
    switch (message.type) {
      case 'flushed':
        this.#waiting.get(message.id)?.();
        this.#waiting.delete(message.id);
        break;
      case 'finished':
        this.#outcome = { messages: message.messages, incomplete: message.incomplete };
        break;
      case 'stuck':
        this.#events.stuck(message.reason);
        break;
      case 'gone':
        this.#events.gone(message.reason);
        break;
      case 'removed':
        this.#events.removed(message.path);
        break;
      case 'not-removed':
        this.#events.notRemoved(message.line);
        break;
      case 'lost':
        this.#outcome = { messages: 0, incomplete: message.reason };
        this.#events.lost(message.reason);
    }
  }

  #onExit(): void {
    this.#gone ??= 'its thread ended';
    for (const resolve of this.#waiting.values()) resolve();
    this.#waiting.clear();
    if (this.#outcome !== undefined) return;
    this.#events.died(this.#gone);
    // Loaded only now: the forwarding thread need not load SQLite.
    if (!this.#finishing) {
      this.#lock = import('../disk/lock.js')
        .then(({ Lock }) => Lock.take(lockPath(this.#path), lockPatience))
        .catch(() => undefined);
    }
  }
}
