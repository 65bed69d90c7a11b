/**
 * A pair of Node's own streams as a `Stream`: TCP (one socket for both), standard input and output, and
 * unix sockets where the C library is out of reach. Descriptors cannot be passed here.
 *
 * What is read has one state, and what is written another:
 *
 *     unstarted ──start──► open ──end──► ended ──lose──► gone     ended: the peer sends no more, but may read
 *         │                  └─────────lose─────────────►         gone: the connection is closed altogether
 *         └──lose──► lost ──start──► gone                         lost: it was closed before anybody read
 *     every state ──destroy──► closed
 *
 *     open ──fill──► behind ──drain──► open                       behind: the writer was told to wait
 *     open, behind ──shutdown──► ending ──finish──► finished      ending: what was written is on its way
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

type Reading = 'unstarted' | 'lost' | 'open' | 'ended' | 'gone' | 'closed';
type ReadingEvent = 'start' | 'end' | 'lose' | 'destroy';

/** An event that a state does not list changes nothing. */
const readingTable: Readonly<Record<Reading, Partial<Record<ReadingEvent, Reading>>>> = {
  unstarted: { start: 'open', lose: 'lost', destroy: 'closed' },
  lost: { start: 'gone', destroy: 'closed' },
  open: { end: 'ended', lose: 'gone', destroy: 'closed' },
  ended: { lose: 'gone', destroy: 'closed' },
  gone: { destroy: 'closed' },
  closed: {},
};

type Writing = 'open' | 'behind' | 'ending' | 'finished';
type WritingEvent = 'fill' | 'drain' | 'shutdown' | 'finish';

const writingTable: Readonly<Record<Writing, Partial<Record<WritingEvent, Writing>>>> = {
  open: { fill: 'behind', shutdown: 'ending', finish: 'finished' },
  behind: { drain: 'open', shutdown: 'ending', finish: 'finished' },
  ending: { finish: 'finished' },
  finished: {},
};

export class NodeStream implements Stream {
  readonly peer: Peer;
  readonly #readable: Readable;
  readonly #writable: Writable;
  #events: StreamEvents | undefined;
  #reason: string | undefined;
  #linger: NodeJS.Timeout | undefined;
  #reading: Reading = 'unstarted';
  #writing: Writing = 'open';
  /** What happens once all is sent. */
  #afterwards: 'nothing' | 'close' = 'nothing';

  /** `readable` and `writable` may be one object; both must not have begun to read. */
  constructor(readable: Readable, writable: Writable, peer: Peer) {
    this.#readable = readable;
    this.#writable = writable;
    this.peer = peer;
    // An error may come before `start`, which then reports it.
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
      if (this.#reading === 'closed') return;
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
      if (this.#reading !== 'closed' && this.#write('drain')) events.drained();
    });
    this.#writable.on('finish', () => {
      this.#write('finish');
      if (this.#afterwards === 'close') this.#destroyWhenQuiet();
    });
    this.#read('start');
    if (this.#reading === 'gone')
      setImmediate(() => {
        this.#tellGone();
      });
  }

  write(chunk: Uint8Array, fds: readonly number[]): boolean {
    if (fds.length > 0) {
      closeDescriptors(fds);
      this.#events?.note(`descriptors could not be passed on: ${this.peer.address} is not a unix socket`);
    }
    if (this.isGone() || this.#writing === 'ending' || this.#writing === 'finished') return true;
    // Node keeps what it cannot write at once, and the caller may reuse the chunk.
    this.#writable.write(chunk === fresh ? chunk : Buffer.from(chunk));
    if (this.#writable.writableLength >= highWater) this.#write('fill');
    return this.#writing !== 'behind';
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
    if (this.#write('shutdown')) this.#writable.end();
  }

  close(): void {
    if (this.#afterwards === 'close') return;
    this.#afterwards = 'close';
    if (this.isGone() || this.#writable.destroyed) this.destroy();
    else if (this.#writing === 'finished') this.#destroyWhenQuiet();
    else this.shutdown();
  }

  destroy(): void {
    if (!this.#read('destroy')) return;
    clearTimeout(this.#linger);
    this.#readable.destroy();
    this.#writable.destroy();
    this.#events?.closed();
  }

  isGone(): boolean {
    return this.#reading === 'lost' || this.#reading === 'gone' || this.#reading === 'closed';
  }

  /** Whether the event changed the state; so below. */
  #read(event: ReadingEvent): boolean {
    const next = readingTable[this.#reading][event];
    if (next === undefined) return false;
    this.#reading = next;
    return true;
  }

  #write(event: WritingEvent): boolean {
    const next = writingTable[this.#writing][event];
    if (next === undefined) return false;
    this.#writing = next;
    return true;
  }

  #destroyWhenQuiet(): void {
    if (this.#reading === 'ended') this.destroy();
    else
      this.#linger ??= setTimeout(() => {
        this.destroy();
      }, lingerMs);
  }

  #endReading(): void {
    if (!this.#read('end')) return;
    if (this.#afterwards === 'close' && this.#writing === 'finished') this.destroy();
    else this.#events?.ended();
  }

  #fail(error: Error): void {
    this.#reason ??= nodeErrorText(error);
    this.#lose();
  }

  /** The connection is closed, by an error or because both directions have ended. */
  #lose(): void {
    if (this.#read('lose') && this.#reading === 'gone') this.#tellGone();
  }

  #tellGone(): void {
    if (this.#reading === 'closed') return;
    this.#events?.gone(this.#reason, this.#reason !== undefined);
    if (this.#afterwards === 'close') this.destroy();
  }
}
