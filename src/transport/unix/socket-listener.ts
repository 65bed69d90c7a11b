/**
 * Accepts on a listening socket of any family. Who comes while no descriptor is free waits in the kernel's queue;
 * Node's own server would let them in and close them, without a word (libuv's uv__emfile_trick).
 */
import { SOCK_CLOEXEC, SOCK_NONBLOCK, libc } from './libc.js';
import type { Listener, ListenerEvents } from '../listener.js';
import { Readiness } from './readiness.js';
import type { ReadinessEvents } from './readiness.js';
import type { Stream } from '../stream.js';
import { EAGAIN, errorText } from '../system-error.js';

const acceptsPerTurn = 16;
/** After an attempt that failed: how long until the next one. */
const retryMs = 200;

export interface ListeningSocket {
  /** Closed with the listener. */
  readonly fd: number;
  readonly address: string;
  readonly notices: readonly string[];
  /** Makes a stream of an accepted descriptor. */
  readonly streamOf: (accepted: number) => Stream;
  readonly beforeClose: () => void;
}

export class SocketListener implements Listener, ReadinessEvents {
  readonly address: string;
  readonly notices: readonly string[];
  readonly single = false;
  readonly fd: number;
  readonly #socket: ListeningSocket;
  readonly #readiness: Readiness;
  #events: ListenerEvents | undefined;
  #retry: NodeJS.Timeout | undefined;
  #troubled = false;
  #dead = false;

  constructor(socket: ListeningSocket) {
    this.#socket = socket;
    this.fd = socket.fd;
    this.address = socket.address;
    this.notices = socket.notices;
    this.#readiness = new Readiness(socket.fd, this);
  }

  start(events: ListenerEvents): void {
    this.#events = events;
    this.#readiness.want(true, false);
  }

  close(): void {
    if (this.#dead) return;
    this.#dead = true;
    clearTimeout(this.#retry);
    this.#readiness.close();
    this.#socket.beforeClose();
    libc().close(this.fd);
  }

  ready(): void {
    for (let accepted = 0; accepted < acceptsPerTurn && !this.#dead; accepted++) {
      const fd = this.#accept();
      if (fd < 0) {
        this.#cannotAccept(libc().errno());
        return;
      }
      this.#take(fd);
    }
  }

  /** Accepts all who wait now: for an end at which nobody may be left in the queue. */
  acceptWaiting(): void {
    if (this.#events === undefined) return;
    for (let fd = this.#accept(); fd >= 0 && !this.#dead; fd = this.#accept()) this.#take(fd);
  }

  #accept(): number {
    return libc().accept4(this.fd, null, null, SOCK_CLOEXEC | SOCK_NONBLOCK);
  }

  #take(fd: number): void {
    this.#troubled = false;
    this.#events?.connection(this.#socket.streamOf(fd));
  }

  #cannotAccept(errno: number): void {
    if (errno === EAGAIN) return;
    if (!this.#troubled)
      this.#events?.trouble(`cannot accept on ${this.address}: ${errorText(errno)}; trying again`);
    this.#troubled = true;
    // The client stays in the queue, and would wake us without end.
    this.#readiness.want(false, false);
    this.#retry = setTimeout(() => {
      this.#readiness.want(true, false);
    }, retryMs);
  }
}
