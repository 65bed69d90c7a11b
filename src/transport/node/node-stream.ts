/**
 * A pair of Node's own streams as a `Stream`: TCP (one socket for both), standard input and output, and
 * unix sockets where the C library is out of reach. Descriptors cannot be passed here.
 */
import type { Readable, Writable } from 'node:stream';
import type { Peer } from '../../recording/session.js';
import { closeDescriptors } from '../unix/descriptors.js';
import { highWater, noDescriptors } from '../stream.js';
import type { Stream, StreamEvents } from '../stream.js';
import { nodeErrorText } from '../system-error.js';

/** How long a closed connection may wait for the peer to close too: closing it under bytes that are on the way would reset it. */
const lingerMs = 1000;

/** The chunk that is just being given to `data`: Node made it for this read, so it may be kept without a copy. */
let fresh: Uint8Array | undefined;

export class NodeStream implements Stream {
  readonly peer: Peer;
  readonly #readable: Readable;
  readonly #writable: Writable;
  #events: StreamEvents | undefined;
  #reason: string | undefined;
  #linger: NodeJS.Timeout | undefined;
  #readEnded = false;
  #gone = false;
  #behind = false;
  #closing = false;
  #finished = false;
  #dead = false;

  /** `readable` and `writable` may be one object; both must not have begun to read. */
  constructor(readable: Readable, writable: Writable, peer: Peer) {
    this.#readable = readable;
    this.#writable = writable;
    this.peer = peer;
    // An error may come while nobody reads yet; `start` tells it.
    for (const end of new Set<Readable | Writable>([readable, writable])) {
      end.on('error', (error) => {
        this.#fail(error);
      });
    }
    writable.on('close', () => {
      this.#lose();
    });
  }

  start(events: StreamEvents): void {
    this.#events = events;
    this.#readable.on('data', (chunk: Buffer) => {
      if (this.#dead) return;
      fresh = chunk;
      try {
        events.data(chunk, noDescriptors);
      } finally {
        fresh = undefined;
      }
    });
    // Accepted sockets are paused, so that nothing is read before this.
    this.#readable.resume();
    this.#readable.on('end', () => {
      this.#endReading();
    });
    this.#readable.on('close', () => {
      this.#endReading();
    });
    this.#writable.on('drain', () => {
      if (!this.#behind || this.#dead) return;
      this.#behind = false;
      events.drained();
    });
    this.#writable.on('finish', () => {
      this.#finished = true;
      if (this.#closing) this.#destroyWhenQuiet();
    });
    if (this.#gone)
      setImmediate(() => {
        this.#tellGone();
      });
  }

  write(chunk: Uint8Array, fds: readonly number[]): boolean {
    if (fds.length > 0) {
      closeDescriptors(fds);
      this.#events?.note(`descriptors could not be passed on: ${this.peer.address} is not a unix socket`);
    }
    if (this.#dead || this.#gone || this.#writable.writableEnded) return true;
    // Node keeps what it cannot write at once, and the caller may reuse the chunk.
    this.#writable.write(chunk === fresh ? chunk : Buffer.from(chunk));
    if (this.#writable.writableLength >= highWater) this.#behind = true;
    return !this.#behind;
  }

  pause(): void {
    this.#readable.pause();
  }

  resume(): void {
    this.#readable.resume();
  }

  readAvailable(): void {
    // Node has read ahead into its own buffer at most; while it flows, that buffer is empty.
  }

  shutdown(): void {
    this.#writable.end();
  }

  close(): void {
    if (this.#closing) return;
    this.#closing = true;
    if (this.#gone || this.#writable.destroyed) this.destroy();
    else if (this.#finished) this.#destroyWhenQuiet();
    else this.#writable.end();
  }

  destroy(): void {
    if (this.#dead) return;
    this.#dead = true;
    clearTimeout(this.#linger);
    this.#readable.destroy();
    this.#writable.destroy();
    this.#events?.closed();
  }

  isGone(): boolean {
    return this.#gone || this.#dead;
  }

  #destroyWhenQuiet(): void {
    if (this.#readEnded) this.destroy();
    else
      this.#linger ??= setTimeout(() => {
        this.destroy();
      }, lingerMs);
  }

  #endReading(): void {
    if (this.#readEnded || this.#dead) return;
    this.#readEnded = true;
    if (this.#gone) return;
    if (this.#closing && this.#finished) this.destroy();
    else this.#events?.ended();
  }

  #fail(error: Error): void {
    this.#reason ??= nodeErrorText(error);
    this.#lose();
  }

  /** The connection is closed, by an error or because both directions have ended. */
  #lose(): void {
    if (this.#gone || this.#dead) return;
    this.#gone = true;
    if (this.#events !== undefined) this.#tellGone();
  }

  #tellGone(): void {
    if (this.#dead) return;
    this.#events?.gone(this.#reason, this.#reason !== undefined);
    if (this.#closing) this.destroy();
  }
}
