/**
 * A connected unix socket as a `Stream` that passes descriptors. Reads when libuv says that there is
 * something, writes at once, and queues what the socket does not take.
 *
 * What is read has one state, and what is written another:
 *
 *     unstarted ──start──► flowing ◄──resume── paused        flowing: bytes are read as they come
 *                             │  ──────pause─────►
 *                             ├──end──► ended ──lost──► gone     ended: the peer sends no more, but may read
 *                             └──────────lost───────────►        gone: the peer has closed altogether
 *     every state ──destroy──► closed
 *
 *     open ──fill──► behind ──drain──► open                   behind: the writer was told to wait
 *     open, behind ──fail──► failed                           failed: the peer takes no more
 */
import type { Peer } from '../../recording/session.js';
import { closeDescriptors, descriptorIo } from './descriptors.js';
import type { DescriptorIo } from './descriptors.js';
import { POLLHUP, SHUT_RDWR, SHUT_WR, libc } from './libc.js';
import { Readiness } from './readiness.js';
import type { ReadinessEvents } from './readiness.js';
import { SendQueue } from './send-queue.js';
import { highWater, lowWater, mostDescriptors, noDescriptors } from '../stream.js';
import type { Stream, StreamEvents } from '../stream.js';
import { EAGAIN, ECONNRESET, errorText } from '../system-error.js';

type Reading = 'unstarted' | 'flowing' | 'paused' | 'ended' | 'gone' | 'closed';
type ReadingEvent = 'start' | 'pause' | 'resume' | 'end' | 'lost' | 'destroy';

/** An event that a state does not list changes nothing. */
const readingTable: Readonly<Record<Reading, Partial<Record<ReadingEvent, Reading>>>> = {
  unstarted: { start: 'flowing', destroy: 'closed' },
  flowing: { pause: 'paused', end: 'ended', lost: 'gone', destroy: 'closed' },
  paused: { resume: 'flowing', destroy: 'closed' },
  ended: { lost: 'gone', destroy: 'closed' },
  gone: { destroy: 'closed' },
  closed: {},
};

type Writing = 'open' | 'behind' | 'failed';

/** What happens once the queue is empty. */
type Afterwards = 'nothing' | 'shutdown' | 'close';

/** The most reads before other sockets have their turn. */
const readsPerTurn = 8;
/** This many turns read more than can have come at once. */
const turnsAtOnce = 16;
/** A read above this makes the next one expect as much. */
const largeRead = 4096;
/** How often to look whether a peer that has half-closed is gone: libuv does not tell. */
const hangUpCheck = 250;

const leftUnread = 'it closed before it had read everything';
const urgentDropped = 'an urgent byte (MSG_OOB) was not passed on: no monitor reads these';
const descriptorsLost = 'descriptors sent with a message were lost: too many are open here (see ulimit -n)';

export class UnixSocket implements Stream, ReadinessEvents {
  readonly peer: Peer;
  readonly fd: number;
  readonly #io: DescriptorIo = descriptorIo();
  readonly #queue = new SendQueue();
  readonly #readiness: Readiness;
  readonly #sendSegment = (bytes: Uint8Array, fds: readonly number[]): number =>
    this.#io.send(this.fd, bytes, fds);
  readonly #toldOnce = new Set<string>();
  #reading: Reading = 'unstarted';
  #writing: Writing = 'open';
  #afterwards: Afterwards = 'nothing';
  #events: StreamEvents | undefined;
  #hangUpTimer: NodeJS.Timeout | undefined;
  /** The last read was large. */
  #large = false;
  /** Bytes that were given to `data`, which is running, and are still in the socket. */
  #onlySeen = 0;
  #takesFirst = false;

  /** Takes over `fd`, a connected stream socket of the unix family. */
  constructor(fd: number, peer: Peer) {
    this.fd = fd;
    this.peer = peer;
    this.#readiness = new Readiness(fd, this);
  }

  takeFirst(): void {
    this.#takesFirst = true;
  }

  start(events: StreamEvents): void {
    this.#events = events;
    this.#read('start');
    this.#watch();
  }

  write(chunk: Uint8Array, fds: readonly number[]): boolean {
    if (this.#closed || this.#writing === 'failed' || chunk.length === 0) {
      if (fds.length > 0) closeDescriptors(fds);
      return true;
    }
    if (this.#queue.bytes === 0) {
      const sent = this.#io.send(this.fd, chunk, fds);
      if (sent > 0) {
        if (fds.length > 0) closeDescriptors(fds);
        if (sent === chunk.length) return true;
        this.#queue.push(chunk.subarray(sent), noDescriptors);
      } else if (sent === 0 || sent === -EAGAIN) {
        this.#queue.push(chunk, fds);
      } else {
        if (fds.length > 0) closeDescriptors(fds);
        this.#failWriting();
        return true;
      }
      this.#watch();
    } else {
      this.#queue.push(chunk, fds);
    }
    const full = this.#queue.bytes >= highWater || this.#queue.descriptors > mostDescriptors;
    if (full) this.#writing = 'behind';
    return this.#writing !== 'behind';
  }

  pause(): void {
    this.#read('pause');
    this.#watch();
  }

  resume(): void {
    if (!this.#read('resume')) return;
    this.#watch();
    if (this.#readiness.failed) this.#readLater();
  }

  readAvailable(): void {
    for (let turns = 0; turns < turnsAtOnce && this.#readSome(false); turns++);
    this.#watch();
  }

  shutdown(): void {
    if (this.#afterwards === 'nothing') this.#afterwards = 'shutdown';
    this.#finish();
  }

  close(): void {
    this.#afterwards = 'close';
    this.#finish();
  }

  destroy(): void {
    if (this.#closed) return;
    this.#removeSeen();
    this.#read('destroy');
    clearInterval(this.#hangUpTimer);
    this.#readiness.close();
    // Ended for every copy of it: as long as one is open, a mere close would not be seen by the peer.
    if (this.#takesFirst) libc().shutdown(this.fd, SHUT_RDWR);
    libc().close(this.fd);
    this.#queue.clear();
    this.#events?.closed();
  }

  isGone(): boolean {
    if (this.#closed || this.#reading === 'gone') return true;
    const entry = new Int32Array([this.fd, 0]);
    return libc().poll(entry, 1, 0) > 0 && ((entry[1] ?? 0) & (POLLHUP << 16)) !== 0;
  }

  ready(readable: boolean, writable: boolean, failed: boolean): void {
    if (writable || failed) this.#flush();
    if (readable || failed) {
      const more = this.#readSome(readable);
      if (more && this.#readiness.failed) this.#readLater();
    }
    this.#watch();
  }

  get #closed(): boolean {
    return this.#reading === 'closed';
  }

  /** Whether the event changed the state. */
  #read(event: ReadingEvent): boolean {
    const next = readingTable[this.#reading][event];
    if (next === undefined) return false;
    this.#reading = next;
    return true;
  }

  /** Reads some chunks; true if there may be more and they are wanted. `readable`: the kernel has said so. */
  #readSome(readable: boolean): boolean {
    for (let reads = 0; reads < readsPerTurn; reads++) {
      if (this.#reading !== 'flowing') return false;
      const got = this.#io.receive(this.fd, this.#large, readable && reads === 0);
      if (this.#io.urgent) this.#tellOnce(urgentDropped);
      if (got <= 0) {
        if (got !== -EAGAIN) this.#endReading(got);
        return false;
      }
      const { more, fds, onlySeen } = this.#io;
      this.#large = got >= largeRead;
      if (this.#io.lost) this.#events?.note(descriptorsLost);
      this.#onlySeen = onlySeen ? got : 0;
      if (this.#takesFirst) this.#removeSeen();
      try {
        this.#events?.data(this.#io.chunk(got), fds);
      } finally {
        this.#removeSeen();
      }
      // A socket with an error is not watched, so it is read to its end.
      if (!more && !this.#readiness.failed) return false;
    }
    return true;
  }

  #tellOnce(note: string): void {
    if (this.#toldOnce.has(note)) return;
    this.#toldOnce.add(note);
    this.#events?.note(note);
  }

  /** Bytes that were given to `data` do not stay in the socket: closed over them, it would be a reset to the peer. */
  #removeSeen(): void {
    if (this.#onlySeen > 0 && !this.#closed) this.#io.remove(this.fd, this.#onlySeen);
    this.#onlySeen = 0;
  }

  /** The peer's bytes are at their end, or, with a negative errno, cut off. */
  #endReading(errno: number): void {
    if (errno < 0) {
      this.#writing = 'failed';
      this.#queue.clear();
      // All that a unix socket tells of: QEMU that quits leaves the end of the line unread, libvirt some events.
      const unread = errno === -ECONNRESET;
      this.#lose(unread ? leftUnread : errorText(-errno), !unread);
    } else if (this.#writing === 'failed' || this.isGone()) {
      this.#lose();
    } else {
      this.#read('end');
      this.#hangUpTimer = setInterval(() => {
        if (this.isGone()) this.#lose();
      }, hangUpCheck).unref();
      this.#events?.ended();
    }
  }

  #failWriting(): void {
    this.#writing = 'failed';
    this.#queue.clear();
    // What the peer sent before is read first; only then is it known to be gone.
    if (this.#reading === 'ended') {
      setImmediate(() => {
        this.#lose();
      });
    } else if (this.#afterwards === 'close') {
      setImmediate(() => {
        this.destroy();
      });
    }
  }

  #lose(reason?: string, reset = false): void {
    if (!this.#read('lost')) return;
    clearInterval(this.#hangUpTimer);
    this.#events?.gone(reason, reset);
    if (this.#afterwards === 'close') this.destroy();
  }

  #flush(): void {
    const behind = this.#writing === 'behind';
    if (this.#queue.bytes > 0) {
      const refused = this.#queue.flush(this.#sendSegment);
      if (refused < 0 && refused !== -EAGAIN) this.#failWriting();
    }
    this.#finish();
    const room = this.#queue.bytes < lowWater && this.#queue.descriptors <= mostDescriptors;
    if (!behind || !room || this.#closed) return;
    // Reported for a failed peer too: the writer that waits for room has to go on.
    if (this.#writing !== 'failed') this.#writing = 'open';
    this.#events?.drained();
  }

  /** Half-closes or closes, if that was asked for and nothing waits to be sent. */
  #finish(): void {
    if (this.#closed || this.#queue.bytes > 0) return;
    if (this.#afterwards === 'close') {
      this.destroy();
    } else if (this.#afterwards === 'shutdown') {
      this.#afterwards = 'nothing';
      libc().shutdown(this.fd, SHUT_WR);
    }
  }

  #readLater(): void {
    setImmediate(() => {
      if (!this.#closed) this.ready(true, false, false);
    });
  }

  #watch(): void {
    if (this.#closed) return;
    this.#readiness.want(this.#reading === 'flowing', this.#queue.bytes > 0);
  }
}
