/** The indexing thread's end of the line to the forwarding thread. Knows no file. */
import { type MessagePort, receiveMessageOnPort } from 'node:worker_threads';
import type { FromIndexer, ToIndexer } from './indexer-messages.js';

export class IndexerPost {
  readonly #port: MessagePort;
  readonly #bell: Int32Array;
  /** The end, once it was asked for: it is heard again and again. */
  #ending: ToIndexer | undefined;
  /** A flush that was asked for and is not answered yet. */
  #flushing: number | undefined;

  constructor(port: MessagePort, bell: Int32Array) {
    this.#port = port;
    this.#bell = bell;
  }

  get ending(): boolean {
    return this.#ending !== undefined;
  }

  /** How often the bell has rung; asked before `hear`, so that `wait` misses nothing. */
  get rung(): number {
    return Atomics.load(this.#bell, 0);
  }

  /** What was said, if anything was. */
  hear(): ToIndexer | undefined {
    if (this.#ending !== undefined) return this.#ending;
    const said = receiveMessageOnPort(this.#port)?.message as ToIndexer | undefined;
    if (said?.type === 'finish') this.#ending = said;
    if (said?.type === 'flush') this.#flushing = said.id;
    return said;
  }

  /** Waits until the bell has rung once more than `rung` times, but so many milliseconds at most. */
  wait(rung: number, milliseconds: number): void {
    Atomics.wait(this.#bell, 0, rung, milliseconds);
  }

  tell(message: FromIndexer): void {
    this.#port.postMessage(message);
  }

  /** Whoever waits for a flush waits no longer. */
  tellFlushed(): void {
    if (this.#flushing !== undefined) this.tell({ type: 'flushed', id: this.#flushing });
    this.#flushing = undefined;
  }
}
