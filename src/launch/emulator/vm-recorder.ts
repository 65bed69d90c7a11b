/**
 * Records the monitors of one QEMU that is not our child, from their first client to QEMU's end, and
 * never lets QEMU's clients go before that: libvirt kills a VM whose monitor closes. Knows neither
 * libvirt nor how QEMU was started.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Dialect } from '../../recording/session.js';
import type { TrafficSink } from '../../recording/ports.js';
import type { Address } from '../../transport/address.js';
import { drive, type Proxy, type ProxyEvent } from '../../transport/session/drive.js';
import { listen } from '../../transport/listen.js';
import type { Listener } from '../../transport/listener.js';
import { dialedServer } from '../../transport/session/server-source.js';
import { Keeper, firstKept, type KeptSockets } from './keeper.js';
import { startingQemu } from '../qemu/qemu-server.js';

/** An end that QEMU's death has caused takes a moment to be read from the sockets. */
const settleMs = 1000;

/** One of QEMU's monitors, or its guest agent's channel, as its client and as QEMU have it. */
export interface TappedChannel {
  readonly name: string;
  readonly dialect: Dialect;
  /** Where its client comes. */
  readonly address: Address;
  /** The socket that QEMU has been given instead. */
  readonly path: string;
}

/** Sockets that a recorder that was killed has left behind. */
export interface Inheritance {
  readonly listener: number;
  readonly sessions: KeptSockets['sessions'];
}

export interface VmRecorderOptions {
  readonly label: string | undefined;
  readonly sink: TrafficSink;
  readonly alive: () => boolean;
  readonly onEvent: (channel: TappedChannel, event: ProxyEvent) => void;
  /** Undefined: nobody takes over. */
  readonly keeper: { readonly shell: string; readonly successor: SuccessorCommand } | undefined;
}

/** The command line of a recorder that takes over a channel with so many sessions. */
export type SuccessorCommand = (channel: TappedChannel, sessions: number) => readonly string[];

export class VmRecorder {
  readonly #options: VmRecorderOptions;
  readonly #taps: ChannelTap[] = [];

  constructor(options: VmRecorderOptions) {
    this.#options = options;
  }

  /** Begins to serve a channel. @throws ConnectError if its address cannot be listened on */
  async add(channel: TappedChannel, inherited?: Inheritance): Promise<void> {
    const address: Address =
      inherited === undefined ? channel.address : { kind: 'fd', fd: inherited.listener };
    const tap = new ChannelTap(this.#options, channel, await listen(address));
    this.#taps.push(tap);
    for (const session of inherited?.sessions ?? []) await tap.resume(session);
  }

  /** Serves those whose clients have been waiting. */
  start(): void {
    for (const tap of this.#taps) tap.start();
  }

  get sessions(): number {
    return this.#taps.reduce((sum, tap) => sum + tap.sessions, 0);
  }

  /** Waits until the sessions are over, whose server has ended; at most `settleMs`. */
  async settle(): Promise<void> {
    const deadline = performance.now() + settleMs;
    while (this.sessions > 0 && performance.now() < deadline) await sleep(10);
  }

  /** Ends what still runs, and lets go of everything. */
  async stop(): Promise<void> {
    await Promise.all(this.#taps.map((tap) => tap.stop()));
  }
}

/** One channel: its proxy, the proxies of sessions that were taken over, and the keeper of all their sockets. */
class ChannelTap {
  readonly #options: VmRecorderOptions;
  readonly #channel: TappedChannel;
  readonly #listener: Listener;
  readonly #proxies: Proxy[] = [];
  readonly #keeper: Keeper | undefined;
  readonly #sessions = new Map<number | undefined, KeptSockets['sessions'][number]>();
  #renewing = false;

  constructor(options: VmRecorderOptions, channel: TappedChannel, listener: Listener) {
    this.#options = options;
    this.#channel = channel;
    this.#listener = listener;
    const { keeper } = options;
    if (keeper !== undefined) {
      this.#keeper = new Keeper(keeper.shell, (sessions) => keeper.successor(channel, sessions));
    }
  }

  get sessions(): number {
    return this.#proxies.reduce((sum, proxy) => sum + proxy.sessions, 0);
  }

  start(): void {
    const { alive } = this.#options;
    this.#drive(this.#listener, startingQemu(this.#channel.path, alive));
    this.#renewKeeper();
  }

  async resume({ client, server }: KeptSockets['sessions'][number]): Promise<void> {
    const clients = await listen({ kind: 'fd', fd: client });
    this.#drive(clients, dialedServer({ kind: 'fd', fd: server }, undefined));
  }

  async stop(): Promise<void> {
    await Promise.all(this.#proxies.map((proxy) => proxy.stop()));
    this.#listener.close();
    await this.#keeper?.close();
  }

  #drive(clients: Listener, server: ReturnType<typeof startingQemu>): void {
    const { label, sink } = this.#options;
    const { dialect } = this.#channel;
    const onEvent = (event: ProxyEvent): void => {
      this.#follow(event);
      this.#options.onEvent(this.#channel, event);
    };
    const others = [...this.#proxies];
    const holder = () => others.map((proxy) => proxy.holder).find((one) => one !== undefined);
    this.#proxies.push(drive({ clients, server, sink, label, dialect, holder, onEvent }));
  }

  #follow(event: ProxyEvent): void {
    if (event.type === 'joined' && event.client.fd !== undefined && event.server.fd !== undefined) {
      event.client.takeFirst?.();
      event.server.takeFirst?.();
      this.#sessions.set(event.session, { client: event.client.fd, server: event.server.fd });
      this.#renewKeeper();
    } else if (event.type === 'closed' && this.#sessions.delete(event.session)) {
      // At once: as long as a copy is held, the peers do not see that the session is over.
      this.#keeper?.release();
      this.#renewKeeper();
    }
  }

  /** Later, because a process is not started within the turn that forwards a message. */
  #renewKeeper(): void {
    if (this.#keeper === undefined || this.#renewing) return;
    this.#renewing = true;
    setImmediate(() => {
      this.#renewing = false;
      const { fd } = this.#listener;
      if (fd !== undefined) this.#keeper?.hold({ listener: fd, sessions: [...this.#sessions.values()] });
    });
  }
}

/** Descriptors as a keeper gives them to a successor: the listener, then each session's client and server. */
export function inheritance(sessions: number): Inheritance {
  return {
    listener: firstKept,
    sessions: Array.from({ length: sessions }, (_, at) => ({
      client: firstKept + 1 + 2 * at,
      server: firstKept + 2 + 2 * at,
    })),
  };
}
