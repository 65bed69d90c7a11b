/**
 * A connected unix socket as a `Stream` that passes descriptors. Reads when libuv says that there is
 * something, writes at once and keeps what the socket does not take. Knows no address and no other stream.
 */
import type { Peer } from '../../recording/session.js';
import { closeDescriptors, descriptorIo } from './descriptors.js';
import type { DescriptorIo } from './descriptors.js';
import { POLLHUP, SHUT_WR, libc } from './libc.js';
import { Readiness } from './readiness.js';
import type { ReadinessEvents } from './readiness.js';
import { SendQueue } from './send-queue.js';
import { highWater, lowWater, mostDescriptors, noDescriptors } from '../stream.js';
import type { Stream, StreamEvents } from '../stream.js';
import { EAGAIN, ECONNRESET, errorText } from '../system-error.js';

/** At most so many reads before other sockets have their turn. */
const readsPerTurn = 8;
/** What can have come at once is less than so many turns read. */
const turnsAtOnce = 16;
/** A read above this makes the next one expect as much. */
const largeRead = 4096;
const leftUnread = 'it closed before it had read everything';
/** How often to look whether a peer that has half-closed is gone: libuv does not tell. */
const hangUpCheck = 250;

export class UnixSocket implements Stream, ReadinessEvents {
  readonly peer: Peer;
  readonly fd: number;
  private readonly io: DescriptorIo = descriptorIo();
  private readonly queue = new SendQueue();
  private readonly readiness: Readiness;
  private readonly sendSegment = (bytes: Uint8Array, fds: readonly number[]): number =>
    this.io.send(this.fd, bytes, fds);
  private events: StreamEvents | undefined;
  private hangUpTimer: NodeJS.Timeout | undefined;
  private paused = false;
  private large = false;
  /** So many bytes were given to `data`, which is running, and are still in the socket. */
  private onlySeen = 0;
  private takesFirst = false;
  /** The socket has an error pending and is not watched any more. */
  private failed = false;
  /** The peer sends no more. */
  private readEnded = false;
  /** The peer takes no more. */
  private writeFailed = false;
  private goneTold = false;
  private behind = false;
  private shutdownAfter = false;
  private closeAfter = false;
  private dead = false;

  /** Takes over `fd`, a connected stream socket of the unix family. */
  constructor(fd: number, peer: Peer) {
    this.fd = fd;
    this.peer = peer;
    this.readiness = new Readiness(fd, this);
  }

  takeFirst(): void {
    this.takesFirst = true;
  }

  start(events: StreamEvents): void {
    this.events = events;
    this.watch();
  }

  write(chunk: Uint8Array, fds: readonly number[]): boolean {
    if (this.dead || this.writeFailed || chunk.length === 0) {
      if (fds.length > 0) closeDescriptors(fds);
      return true;
    }
    if (this.queue.bytes === 0) {
      const sent = this.io.send(this.fd, chunk, fds);
      if (sent > 0) {
        if (fds.length > 0) closeDescriptors(fds);
        if (sent === chunk.length) return true;
        this.queue.push(chunk.subarray(sent), noDescriptors);
      } else if (sent === 0 || sent === -EAGAIN) {
        this.queue.push(chunk, fds);
      } else {
        if (fds.length > 0) closeDescriptors(fds);
        this.failWriting();
        return true;
      }
      this.watch();
    } else {
      this.queue.push(chunk, fds);
    }
    if (this.queue.bytes >= highWater || this.queue.descriptors > mostDescriptors) this.behind = true;
    return !this.behind;
  }

  pause(): void {
    this.paused = true;
    this.watch();
  }

  resume(): void {
    if (!this.paused) return;
    this.paused = false;
    this.watch();
    if (this.failed) this.readLater();
  }

  readAvailable(): void {
    for (let turns = 0; turns < turnsAtOnce && this.readSome(); turns++);
    this.watch();
  }

  shutdown(): void {
    this.shutdownAfter = true;
    this.finish();
  }

  close(): void {
    this.closeAfter = true;
    this.finish();
  }

  destroy(): void {
    if (this.dead) return;
    this.removeSeen();
    this.dead = true;
    clearInterval(this.hangUpTimer);
    this.readiness.close();
    libc().close(this.fd);
    this.queue.clear();
    this.events?.closed();
  }

  isGone(): boolean {
    if (this.dead || this.goneTold) return true;
    const entry = new Int32Array([this.fd, 0]);
    return libc().poll(entry, 1, 0) > 0 && ((entry[1] ?? 0) & (POLLHUP << 16)) !== 0;
  }

  ready(readable: boolean, writable: boolean, failed: boolean): void {
    if (failed) this.failed = true;
    if (writable || failed) this.flush();
    if (this.dead) return;
    if (readable || failed) {
      const more = this.readSome();
      if (more && this.failed) this.readLater();
    }
    this.watch();
  }

  /** Reads some chunks; true if there may be more and they are wanted. */
  private readSome(): boolean {
    for (let reads = 0; reads < readsPerTurn; reads++) {
      if (this.dead || this.paused || this.readEnded || this.events === undefined) return false;
      const got = this.io.receive(this.fd, this.large);
      if (got <= 0) {
        if (got !== -EAGAIN) this.endReading(got);
        return false;
      }
      const { more, fds, onlySeen } = this.io;
      this.large = got >= largeRead;
      if (this.io.lost) {
        this.events.note('descriptors sent with a message were lost: too many are open here (see ulimit -n)');
      }
      this.onlySeen = onlySeen ? got : 0;
      if (this.takesFirst) this.removeSeen();
      try {
        this.events.data(this.io.chunk(got), fds);
      } finally {
        this.removeSeen();
      }
      // A socket with an error is not watched, so it is read to its end.
      if (!more && !this.failed) return false;
    }
    return true;
  }

  /** Bytes that were given to `data` do not stay in the socket: closed over them, it would be a reset to the peer. */
  private removeSeen(): void {
    if (this.onlySeen > 0 && !this.dead) this.io.remove(this.fd, this.onlySeen);
    this.onlySeen = 0;
  }

  /** The peer's bytes are at their end, or, with a negative errno, cut off. */
  private endReading(errno: number): void {
    this.readEnded = true;
    if (errno < 0) {
      this.writeFailed = true;
      this.queue.clear();
      // All that a unix socket tells of: QEMU that quits leaves the end of the line unread, libvirt some events.
      const unread = errno === -ECONNRESET;
      this.tellGone(unread ? leftUnread : errorText(-errno), !unread);
    } else if (this.writeFailed || this.isGone()) {
      this.tellGone();
    } else {
      this.hangUpTimer = setInterval(() => {
        if (this.isGone()) this.tellGone();
      }, hangUpCheck).unref();
      this.events?.ended();
    }
  }

  private failWriting(): void {
    this.writeFailed = true;
    this.queue.clear();
    // What the peer sent before is read first; only then is it known to be gone.
    if (this.readEnded)
      setImmediate(() => {
        this.tellGone();
      });
    else if (this.closeAfter)
      setImmediate(() => {
        this.destroy();
      });
  }

  private tellGone(reason?: string, reset = false): void {
    if (this.dead || this.goneTold) return;
    this.goneTold = true;
    clearInterval(this.hangUpTimer);
    this.events?.gone(reason, reset);
    if (this.closeAfter) this.destroy();
  }

  private flush(): void {
    if (this.queue.bytes > 0) {
      const refused = this.queue.flush(this.sendSegment);
      if (refused < 0 && refused !== -EAGAIN) this.failWriting();
    }
    this.finish();
    const room = this.queue.bytes < lowWater && this.queue.descriptors <= mostDescriptors;
    if (this.behind && room && !this.dead) {
      this.behind = false;
      this.events?.drained();
    }
  }

  /** Half-closes or closes, if that was asked for and nothing waits to be sent. */
  private finish(): void {
    if (this.dead || this.queue.bytes > 0) return;
    if (this.closeAfter) {
      this.destroy();
    } else if (this.shutdownAfter) {
      this.shutdownAfter = false;
      libc().shutdown(this.fd, SHUT_WR);
    }
  }

  private readLater(): void {
    setImmediate(() => {
      if (!this.dead) this.ready(true, false, false);
    });
  }

  private watch(): void {
    if (this.dead) return;
    const readable = this.events !== undefined && !this.paused && !this.readEnded;
    this.readiness.want(readable, this.queue.bytes > 0);
  }
}
