/**
 * The forwarding thread's end of the indexer of one recording or of many. If the thread dies, another one goes on
 * from the journals; a recording in whose turn it dies again is set aside, so that it does no harm to the others.
 */
import { createRequire } from 'node:module';
import { Worker } from 'node:worker_threads';
import { reasonOf } from '../disk/files.js';
import { IndexedRecording, type IndexedFile, type IndexerEvents } from './indexed-recording.js';
import type { TotalLimit } from '../index/total.js';
import { type FromIndexer, type IndexerData, signals, type ToIndexer } from './indexer-messages.js';

export interface IndexerThreadOptions {
  /** It is for many recordings: each has to do with less, and it waits for others. Otherwise it ends with its last one. */
  readonly shared?: boolean | undefined;
  /** Told in one line that the thread has died and another one goes on. */
  readonly onTrouble: (line: string) => void;
  /** What all recordings of a folder may take together; kept by this thread. */
  readonly total?: TotalLimit | undefined;
  /** Told that a recording was removed for that. */
  readonly onRemoved?: ((path: string) => void) | undefined;
  /** For tests: what both threads see, as `signals` has it. */
  readonly signals?: Int32Array | undefined;
}

/** Resolved by name, since tests run the sources while the thread is always the built file. */
const script = '#indexer';
/** A thread that dies so often within so many ms is not begun again. */
const mostDeaths = 4;
const shortTime = 10_000;

export class IndexerThread {
  readonly #options: IndexerThreadOptions;
  readonly #data: IndexerData;
  #worker: Worker | undefined;
  readonly #recordings = new Map<number, IndexedRecording>();
  #numbers = 0;
  /** The recordings in whose turn it has died. */
  readonly #suspects = new Set<IndexedRecording>();
  /** When it has died, ms. */
  #deaths: number[] = [];
  #closing = false;

  constructor(options: IndexerThreadOptions) {
    this.#options = options;
    const own = new Int32Array(new SharedArrayBuffer(4 * signals.length));
    this.#data = { signals: options.signals ?? own };
  }

  /** It is for many. */
  get isShared(): boolean {
    return this.#options.shared === true;
  }

  /** How many recordings it has. */
  get recordings(): number {
    return this.#recordings.size;
  }

  /** Follows a recording's journal. @throws the system's error if the file is not there */
  follow(file: IndexedFile, events: IndexerEvents): IndexedRecording {
    const id = ++this.#numbers;
    const recording = new IndexedRecording(file, events, {
      frugal: this.isShared,
      say: (said) => {
        this.#say({ type: 'to', id, said });
      },
      attend: () => {
        this.#attend();
      },
      over: () => {
        this.#recordings.delete(id);
        this.#suspects.delete(recording);
        this.#endIfOver();
      },
    });
    this.#recordings.set(id, recording);
    try {
      if (this.#worker === undefined) this.#start();
      else this.#say({ type: 'follow', id, file: recording.followed });
    } catch (error) {
      this.#recordings.delete(id);
      recording.release();
      throw error;
    }
    return recording;
  }

  /** Ends the thread, once the recordings that it has are finished. */
  close(): void {
    this.#closing = true;
    this.#endIfOver();
  }

  #endIfOver(): void {
    if (this.#recordings.size > 0 || (this.isShared && !this.#closing)) return;
    this.#worker?.ref();
    this.#say({ type: 'end' });
  }

  /** It keeps the process alive only while somebody waits for it. */
  #attend(): void {
    if ([...this.#recordings.values()].some(({ isAwaited }) => isAwaited)) this.#worker?.ref();
    else this.#worker?.unref();
  }

  #say(message: ToIndexer): void {
    this.#worker?.postMessage(message);
    Atomics.add(this.#data.signals, signals.wakeups, 1);
    Atomics.notify(this.#data.signals, signals.wakeups);
  }

  /** With all recordings, as far as they have come. */
  #start(): void {
    const worker = new Worker(createRequire(import.meta.url).resolve(script), {
      name: 'indexer',
      workerData: this.#data,
      execArgv: [],
      resourceLimits: { maxYoungGenerationSizeMb: 8 },
    });
    this.#worker = worker;
    let reason = 'its thread ended';
    worker.on('message', ({ id, told }: FromIndexer) => {
      if (id > 0) this.#recordings.get(id)?.hear(told);
      else if (told.type === 'removed') this.#options.onRemoved?.(told.path);
      else if (told.type === 'not-removed') this.#options.onTrouble(told.line);
    });
    worker.on('error', (error) => {
      reason = reasonOf(error);
    });
    worker.on('exit', () => {
      this.#worker = undefined;
      this.#onExit(reason);
    });
    const { total } = this.#options;
    if (total !== undefined) this.#say({ type: 'limit', total });
    for (const [id, recording] of this.#recordings) {
      this.#say({ type: 'follow', id, file: recording.followed });
      for (const said of recording.unanswered) this.#say({ type: 'to', id, said });
    }
    this.#attend();
  }

  #onExit(reason: string): void {
    const suspect = this.#recordings.get(Atomics.exchange(this.#data.signals, signals.working, 0));
    if (this.#recordings.size === 0) return;
    const now = performance.now();
    this.#deaths = [...this.#deaths.filter((death) => now - death < shortTime), now];
    if (this.#deaths.length >= mostDeaths) {
      this.#giveUp(reason);
      return;
    }
    if (suspect !== undefined && this.#suspects.has(suspect)) suspect.setAside(reason);
    else if (suspect !== undefined) this.#suspects.add(suspect);
    if (this.#recordings.size === 0) return;
    try {
      this.#start();
      this.#options.onTrouble(`indexing was interrupted: ${reason}; it goes on, and nothing is lost`);
    } catch (error) {
      this.#giveUp(reasonOf(error));
    }
  }

  #giveUp(reason: string): void {
    for (const recording of [...this.#recordings.values()]) recording.setAside(reason);
  }
}
