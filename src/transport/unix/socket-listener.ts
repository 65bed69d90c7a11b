/**
 * Accepts on a listening socket of any family. Who comes while no descriptor is free waits in the kernel's queue;
 * Node's own server would let them in and close them, without a word (libuv's uv__emfile_trick).
 *
 *     bound ──start──► accepting ──fail──► resting ──retry──► retrying ──fail──► resting
 *     resting, retrying ──accept──► accepting
 *     accepting, resting, retrying ──hold──► held ──release──► accepting
 *     every state ──close──► closed
 *
 * resting: nothing is watched for a while. retrying: as accepting, but the user has been told. held: our user has enough.
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

type State = 'bound' | 'accepting' | 'resting' | 'retrying' | 'held' | 'closed';
type StateEvent = 'start' | 'accept' | 'fail' | 'retry' | 'hold' | 'release' | 'close';

/** An event that a state does not list changes nothing. */
const table: Readonly<Record<State, Partial<Record<StateEvent, State>>>> = {
  bound: { start: 'accepting', close: 'closed' },
  accepting: { fail: 'resting', hold: 'held', close: 'closed' },
  resting: { retry: 'retrying', accept: 'accepting', hold: 'held', close: 'closed' },
  retrying: { accept: 'accepting', fail: 'resting', hold: 'held', close: 'closed' },
  held: { release: 'accepting', close: 'closed' },
  closed: {},
};

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
  #state: State = 'bound';

  constructor(socket: ListeningSocket) {
    this.#socket = socket;
    this.fd = socket.fd;
    this.address = socket.address;
    this.notices = socket.notices;
    this.#readiness = new Readiness(socket.fd, this);
  }

  start(events: ListenerEvents): void {
    if (!this.#move('start')) return;
    this.#events = events;
    this.#readiness.want(true, false);
  }

  close(): void {
    if (!this.#move('close')) return;
    clearTimeout(this.#retry);
    this.#readiness.close();
    this.#socket.beforeClose();
    libc().close(this.fd);
  }

  ready(): void {
    for (let accepted = 0; accepted < acceptsPerTurn && this.#isOpen && this.#state !== 'held'; accepted++) {
      const fd = this.#accept();
      if (fd < 0) {
        this.#cannotAccept(libc().errno());
        return;
      }
      this.#take(fd);
    }
  }

  /** Leaves those who come in the kernel's queue, until `release`. */
  hold(): void {
    if (!this.#move('hold')) return;
    clearTimeout(this.#retry);
    this.#readiness.want(false, false);
  }

  release(): void {
    if (this.#move('release')) this.#readiness.want(true, false);
  }

  /** Accepts all clients that wait in the queue now. */
  acceptWaiting(): void {
    while (this.#isOpen) {
      const fd = this.#accept();
      if (fd < 0) return;
      this.#take(fd);
    }
  }

  get #isOpen(): boolean {
    return this.#state !== 'bound' && this.#state !== 'closed';
  }

  /** Whether the event changed the state. */
  #move(event: StateEvent): boolean {
    const next = table[this.#state][event];
    if (next === undefined) return false;
    this.#state = next;
    return true;
  }

  #accept(): number {
    return libc().accept4(this.fd, null, null, SOCK_CLOEXEC | SOCK_NONBLOCK);
  }

  #take(fd: number): void {
    this.#move('accept');
    this.#events?.connection(this.#socket.streamOf(fd));
  }

  #cannotAccept(errno: number): void {
    if (errno === EAGAIN) return;
    if (this.#state === 'accepting')
      this.#events?.trouble(`cannot accept on ${this.address}: ${errorText(errno)}; trying again`);
    if (!this.#move('fail')) return;
    // The client stays in the queue, and would wake us without end.
    this.#readiness.want(false, false);
    this.#retry = setTimeout(() => {
      if (this.#move('retry')) this.#readiness.want(true, false);
    }, retryMs);
  }
}
