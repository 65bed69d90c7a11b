/**
 * Reports when a socket is readable or writable, through libuv's poll. Guards against three traps of koffi's handle:
 * it falls silent when it is garbage-collected, crashes the process when it is started after its close, and on Node 26
 * leaves promises and ticks waiting.
 */
import { libc } from './libc.js';
import type { WatchCallback, WatchHandle, Watched } from './libc.js';

/** What is reported of a watched socket. */
export interface ReadinessEvents {
  /**
   * The socket can be read, or written, or both. After `failed` (it has an error pending) nothing is
   * watched any more, and reading and writing will say what it is.
   */
  ready(readable: boolean, writable: boolean, failed: boolean): void;
}

/**
 * Node 26.4 and newer run no promise and no tick after a callback of koffi's poll (3.3.4; Node 24.22 still does), so that what
 * waits for one stays asleep until some other event. An immediate is one; elsewhere it would only cost time.
 */
const leavesPromises = Number(process.versions.node.split('.')[0]) >= 26;

/** Every handle that is not closed: being in here keeps it from being collected. */
const open = new Set<Readiness>();

/** The four things to ask for, made once. */
const wishes: readonly Watched[] = [0, 1, 2, 3].map((bits) => ({
  readable: (bits & 1) !== 0,
  writable: (bits & 2) !== 0,
}));

export class Readiness {
  readonly #callback: WatchCallback;
  #handle: WatchHandle | undefined;
  #bits = 0;
  #failed = false;

  constructor(fd: number, events: ReadinessEvents) {
    this.#callback = (status, ready) => {
      if (this.#handle === undefined) return;
      if (leavesPromises) setImmediate(() => undefined);
      if (status < 0) {
        this.#failed = true;
        this.#bits = 0;
      }
      events.ready(ready.readable, ready.writable, status < 0);
    };
    this.#handle = libc().watch(fd, wishes[1] ?? { readable: true, writable: false }, this.#callback);
    this.#handle.stop();
    open.add(this);
  }

  /** Watches for just this from now on; for nothing once it has failed or is closed. */
  want(readable: boolean, writable: boolean): void {
    const bits = (readable ? 1 : 0) + (writable ? 2 : 0);
    if (this.#handle === undefined || this.#failed || bits === this.#bits) return;
    this.#bits = bits;
    const wish = wishes[bits];
    if (bits === 0 || wish === undefined) this.#handle.stop();
    else this.#handle.start(wish, this.#callback);
  }

  /** The socket has an error pending, and is watched no more. */
  get failed(): boolean {
    return this.#failed;
  }

  /** Has to come before the descriptor is closed. */
  close(): void {
    this.#handle?.close();
    this.#handle = undefined;
    open.delete(this);
  }
}
