/** The indexing thread's end of the line to the forwarding thread. */
import { type MessagePort, receiveMessageOnPort } from 'node:worker_threads';
import { type FromIndexer, signals, type ToIndexer } from './indexer-messages.js';

export class IndexerPost {
  readonly #port: MessagePort;
  readonly #signals: Int32Array;

  constructor(port: MessagePort, shared: Int32Array) {
    this.#port = port;
    this.#signals = shared;
  }

  /** Wake-ups so far. Read it before `hear`, so that `wait` misses none. */
  get count(): number {
    return Atomics.load(this.#signals, signals.wakeups);
  }

  /** What was said next, if anything was. */
  hear(): ToIndexer | undefined {
    return receiveMessageOnPort(this.#port)?.message as ToIndexer | undefined;
  }

  /** Waits for a wake-up after the first `count`, for a number of milliseconds at most. */
  wait(count: number, milliseconds: number): void {
    Atomics.wait(this.#signals, signals.wakeups, count, milliseconds);
  }

  tell(message: FromIndexer): void {
    this.#port.postMessage(message);
  }

  /** Says which recording is worked on from now on; 0: none. */
  work(id: number): void {
    Atomics.store(this.#signals, signals.working, id);
  }
}
