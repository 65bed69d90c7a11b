/** The indexing thread's end of the line to the forwarding thread. */
import { type MessagePort, receiveMessageOnPort } from 'node:worker_threads';
import type { FromIndexer, ToIndexer } from './indexer-messages.js';

export class IndexerPost {
  readonly #port: MessagePort;
  readonly #wakeups: Int32Array;
  /** The end, once it was asked for: it is heard again and again. */
  #ending: ToIndexer | undefined;
  /** A flush that was asked for and is not answered yet. */
  #flushing: number | undefined;

  constructor(port: MessagePort, wakeups: Int32Array) {
    this.#port = port;
    this.#wakeups = wakeups;
  }

  get ending(): boolean {
    return this.#ending !== undefined;
  }

  /** Wake-ups so far. Read it before `hear`, so that `wait` misses none. */
  get count(): number {
    return Atomics.load(this.#wakeups, 0);
  }

  /** What was said, if anything was. */
  hear(): ToIndexer | undefined {
    if (this.#ending !== undefined) return this.#ending;
    const said = receiveMessageOnPort(this.#port)?.message as ToIndexer | undefined;
    if (said?.type === 'finish') this.#ending = said;
    if (said?.type === 'flush') this.#flushing = said.id;
    return said;
  }

  /** Waits for a wake-up after the first `count`, for a number of milliseconds at most. */
  wait(count: number, milliseconds: number): void {
    Atomics.wait(this.#wakeups, 0, count, milliseconds);
  }

  tell(message: FromIndexer): void {
    this.#port.postMessage(message);
  }

  /** Ends the wait for a flush. */
  tellFlushed(): void {
    if (this.#flushing !== undefined) this.tell({ type: 'flushed', id: this.#flushing });
    this.#flushing = undefined;
  }
}
