/**
 * Records the monitors of one QEMU that is not our child, from their first client to QEMU's end, and never disconnects
 * QEMU's clients before that: libvirt kills a VM whose monitor closes.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { TrafficSink } from '../../recording/ports.js';
import { formatAddress, type Address } from '../../transport/address.js';
import { drive, type Proxy, type ProxyEvent } from '../../transport/session/drive.js';
import { dial } from '../../transport/dial.js';
import { listen } from '../../transport/listen.js';
import type { Listener } from '../../transport/listener.js';
import { dialedClients, ServerFirst } from '../../transport/session/dialed-clients.js';
import { unlessAborted } from '../../transport/patience.js';
import { dialedServer, type ServerSource } from '../../transport/session/server-source.js';
import {
  type HeldChannel,
  HeldSockets,
  keeperFor,
  type Succession,
  type TappedChannel,
} from './held-sockets.js';
import type { Keeper, KeptSockets } from './keeper.js';
import { startingQemu } from '../qemu/qemu-server.js';

/** An end that QEMU's death has caused takes a moment to be read from the sockets. */
const settleMs = 1000;

export interface VmRecorderOptions {
  readonly label: string | undefined;
  readonly sink: TrafficSink;
  readonly alive: () => boolean;
  readonly onEvent: (channel: TappedChannel, event: ProxyEvent) => void;
  /** Undefined: no successor. */
  readonly succession: Succession | undefined;
}

export class VmRecorder {
  readonly #options: VmRecorderOptions;
  readonly #taps: ChannelTap[] = [];
  readonly #keeper: Keeper | undefined;
  #renewing = false;

  constructor(options: VmRecorderOptions) {
    this.#options = options;
    const { succession } = options;
    this.#keeper = succession && keeperFor(succession, () => this.#taps.flatMap((tap) => tap.kept() ?? []));
  }

  /** Begins to serve a channel. @throws ConnectError if its address cannot be listened on, or connected to */
  async add(channel: TappedChannel): Promise<void> {
    const { address, dials, againMs } = channel;
    if (againMs === undefined) {
      this.#add(channel, await (dials === true ? connected(address) : listen(address)));
      this.#renewKeeper();
    } else {
      const server = new ServerFirst(this.#whileItLives(channel));
      this.#add(channel, dialedClients(address, { server, pauseMs: againMs }), server);
    }
  }

  /** Goes on with a channel of a recorder that was killed, by the sockets that its keeper held. */
  async takeOver(channel: TappedChannel, sockets: KeptSockets): Promise<void> {
    const tap = this.#add(channel, await listen({ kind: 'fd', fd: sockets.listener }));
    for (const session of sockets.sessions) await tap.resume(session);
    this.#renewKeeper();
  }

  /** Begins to serve the channels, whose clients may have been waiting. */
  start(): void {
    for (const tap of this.#taps) {
      tap.start();
      if (tap.kept() !== undefined) continue;
      const why = 'a kill of the recorder would close it, as only a monitor that listens can be held';
      this.#options.succession?.trouble(`${tap.name}: ${why}`);
    }
  }

  get sessions(): number {
    return this.#taps.reduce((sum, tap) => sum + tap.sessions, 0);
  }

  /** Once QEMU has ended, waits for the sessions to end; at most `settleMs`. */
  async settle(): Promise<void> {
    const deadline = performance.now() + settleMs;
    while (this.sessions > 0 && performance.now() < deadline) await sleep(10);
  }

  /** Ends what still runs, and closes everything. */
  async stop(): Promise<void> {
    await Promise.all(this.#taps.map((tap) => tap.stop()));
    await this.#keeper?.close();
  }

  #add(channel: TappedChannel, listener: Listener, server?: ServerSource): ChannelTap {
    const from = server ?? startingQemu(channel.path, this.#options.alive);
    const tap = new ChannelTap({ options: this.#options, channel, listener, server: from }, () => {
      this.#renewKeeper();
    });
    this.#taps.push(tap);
    return tap;
  }

  /** A QEMU that has ended is not asked for again. */
  #whileItLives({ path }: TappedChannel): ServerSource {
    const { alive } = this.#options;
    const qemu = startingQemu(path, alive);
    return {
      ...qemu,
      find: async (signal, waiting) => {
        try {
          return await qemu.find(signal, waiting);
        } catch (error) {
          if (!alive()) await unlessAborted(new Promise(() => undefined), signal);
          throw error;
        }
      },
    };
  }

  /** Later, because a process is not started within the turn that forwards a message. */
  #renewKeeper(): void {
    if (this.#keeper === undefined || this.#renewing) return;
    this.#renewing = true;
    setImmediate(() => {
      this.#renewing = false;
      this.#keeper?.renew();
    });
  }
}

/** What one channel is made of. */
interface TapParts {
  readonly options: VmRecorderOptions;
  readonly channel: TappedChannel;
  readonly listener: Listener;
  readonly server: ServerSource;
}

/** One channel: its proxy, and the proxies of sessions that were taken over. */
class ChannelTap {
  readonly #options: VmRecorderOptions;
  readonly #channel: TappedChannel;
  readonly #listener: Listener;
  readonly #server: ServerSource;
  readonly #held: HeldSockets;
  readonly #proxies: Proxy[] = [];

  constructor({ options, channel, listener, server }: TapParts, changed: () => void) {
    this.#options = options;
    this.#channel = channel;
    this.#listener = listener;
    this.#server = server;
    this.#held = new HeldSockets(listener, {
      changed,
      unheld: (why) => options.succession?.trouble(`${channel.name}: ${why}`),
    });
  }

  get name(): string {
    return this.#channel.name;
  }

  get sessions(): number {
    return this.#proxies.reduce((sum, proxy) => sum + proxy.sessions, 0);
  }

  /** What a keeper can hold of it; undefined if that is nothing. */
  kept(): HeldChannel | undefined {
    const sockets = this.#held.kept;
    return sockets && { channel: this.#channel, sockets };
  }

  start(): void {
    this.#drive(this.#listener, this.#server);
  }

  async resume({ client, server }: KeptSockets['sessions'][number]): Promise<void> {
    const clients = await listen({ kind: 'fd', fd: client });
    this.#drive(clients, dialedServer({ kind: 'fd', fd: server }, undefined));
  }

  async stop(): Promise<void> {
    await Promise.all(this.#proxies.map((proxy) => proxy.stop()));
    this.#listener.close();
  }

  #drive(clients: Listener, server: ServerSource): void {
    const { label, sink } = this.#options;
    const { dialect } = this.#channel;
    const onEvent = (event: ProxyEvent): void => {
      this.#held.follow(event);
      this.#options.onEvent(this.#channel, event);
    };
    const others = [...this.#proxies];
    const holder = () => others.map((proxy) => proxy.holder).find((one) => one !== undefined);
    this.#proxies.push(drive({ clients, server, sink, label, dialect, holder, onEvent }));
  }
}

/** A client that is connected to instead of waited for, as the only connection of a listener. */
async function connected(address: Address): Promise<Listener> {
  const client = await dial(address);
  return {
    address: formatAddress(address),
    notices: [],
    single: true,
    start: (events) => {
      setImmediate(() => {
        events.connection(client);
      });
    },
    close: () => undefined,
  };
}
