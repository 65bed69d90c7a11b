/**
 * Streams for tests: a pair that is joined by the kernel, and a listener that keeps what came and
 * lets a test wait for it.
 */
import { closeSync, openSync, readdirSync, readlinkSync } from 'node:fs';
import { AF_UNIX, SOCK_CLOEXEC, SOCK_STREAM, libc } from '../../src/transport/unix/libc.js';
import { closeDescriptors } from '../../src/transport/unix/descriptors.js';
import { unixSocketAddress } from '../../src/transport/unix/unix-address.js';
import { UnixSocket } from '../../src/transport/unix/unix-socket.js';
import type { Stream, StreamEvents } from '../../src/transport/stream.js';

/** A chunk as it came, with the descriptors that came on its first byte (already closed). */
export interface Arrival {
  /** Where in the stream its first byte was. */
  readonly at: number;
  readonly bytes: Buffer;
  readonly fds: number;
  /** What each descriptor was, as /proc names it. */
  readonly names: readonly string[];
}

/** Keeps everything that comes out of a stream. */
export class Collector implements StreamEvents {
  readonly arrivals: Arrival[] = [];
  readonly notes: string[] = [];
  readonly stream: Stream;
  length = 0;
  fds = 0;
  drains = 0;
  hasEnded = false;
  isClosed = false;
  /** `null`: not gone. */
  goneReason: string | undefined | null = null;
  private waiters: { ready: () => boolean; resolve: () => void }[] = [];

  constructor(stream: Stream) {
    this.stream = stream;
  }

  /** All bytes that came. */
  get bytes(): Buffer {
    return Buffer.concat(this.arrivals.map((each) => each.bytes));
  }

  /** Where descriptors came, and what they were. */
  get positions(): readonly (readonly [at: number, ...names: string[]])[] {
    return this.arrivals.filter((each) => each.fds > 0).map((each) => [each.at, ...each.names]);
  }

  data(chunk: Uint8Array, fds: readonly number[]): void {
    const names = fds.map((fd) => readlinkSync(`/proc/self/fd/${fd}`));
    this.arrivals.push({ at: this.length, bytes: Buffer.from(chunk), fds: fds.length, names });
    closeDescriptors(fds);
    this.length += chunk.length;
    this.fds += fds.length;
    this.check();
  }

  ended(): void {
    this.hasEnded = true;
    this.check();
  }

  gone(reason: string | undefined): void {
    this.goneReason = reason;
    this.check();
  }

  drained(): void {
    this.drains++;
    this.check();
  }

  closed(): void {
    this.isClosed = true;
    this.check();
  }

  note(text: string): void {
    this.notes.push(text);
    this.check();
  }

  /** Resolves once `ready` holds; asked again whenever something happens. */
  until(ready: (self: this) => boolean): Promise<void> {
    return new Promise((resolve) => {
      this.waiters.push({ ready: () => ready(this), resolve });
      this.check();
    });
  }

  private check(): void {
    const waiters = this.waiters;
    this.waiters = [];
    for (const waiter of waiters) {
      if (waiter.ready()) waiter.resolve();
      else this.waiters.push(waiter);
    }
  }
}

/** Starts a stream with a new collector. */
export function collect(stream: Stream): Collector {
  const collector = new Collector(stream);
  stream.start(collector);
  return collector;
}

/** The two descriptors of a pair of unix stream sockets. */
export function socketPair(): [number, number] {
  const pair = new Int32Array(2);
  if (libc().socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) !== 0) throw new Error('no socketpair');
  return [pair[0]!, pair[1]!];
}

/** A unix socket that listens on `path` and accepts nobody: its descriptor. */
export function rawListener(path: string, backlog: number): number {
  const fd = libc().socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const address = unixSocketAddress(path);
  if (libc().bind(fd, address, address.length) !== 0) throw new Error(`cannot bind ${path}`);
  if (libc().listen(fd, backlog) !== 0) throw new Error(`cannot listen on ${path}`);
  return fd;
}

/** Two streams joined with each other. */
export function streamPair(): [UnixSocket, UnixSocket] {
  const [a, b] = socketPair();
  return [new UnixSocket(a, { address: 'a' }), new UnixSocket(b, { address: 'b' })];
}

/** How many descriptors this process has open. */
export function openDescriptors(): number {
  return readdirSync('/proc/self/fd').length;
}

/** `count` descriptors of /dev/null. */
export function descriptors(count: number): number[] {
  return Array.from({ length: count }, () => openSync('/dev/null', 'r'));
}

export function closeAll(fds: readonly number[]): void {
  for (const fd of fds) closeSync(fd);
}

/** Lets the event loop go round a few times, so that what could happen has happened. */
export async function turns(): Promise<void> {
  for (let turn = 0; turn < 5; turn++) await new Promise((resolve) => setImmediate(resolve));
}
