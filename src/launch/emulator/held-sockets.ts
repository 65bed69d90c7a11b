/** The sockets of one channel that a keeper can hold: its listener, and its sessions as they come and go. */
import type { Dialect } from '../../recording/session.js';
import type { Address } from '../../transport/address.js';
import type { Listener } from '../../transport/listener.js';
import type { ProxyEvent } from '../../transport/session/drive.js';
import { lockSocket } from '../../transport/unix/socket-lock.js';
import { Keeper, type KeptSockets } from './keeper.js';

/** One of QEMU's monitors, or its guest agent's channel, as its client and as QEMU have it. */
export interface TappedChannel {
  readonly name: string;
  /** Undefined: recognised from the traffic. */
  readonly dialect: Dialect | undefined;
  /** Where its client comes. */
  readonly address: Address;
  /** Its client listens there, and QEMU would have connected to it. */
  readonly dials?: boolean | undefined;
  /** Milliseconds after which QEMU would have connected again; undefined: once, at its start. */
  readonly againMs?: number | undefined;
  /** The socket that QEMU has been given instead. */
  readonly path: string;
  /** `address` is QEMU's own path, with which a socket of ours has changed places. */
  readonly exchanged?: boolean | undefined;
}

/** Who goes on if this process is killed. */
export interface Succession {
  /** Bash, which holds copies of the sockets. */
  readonly shell: string;
  /** QEMU's process. */
  readonly pid: number;
  /** A file without which a successor cannot start. */
  readonly needed: string;
  /** Called when a keeper holds: the one that started us, if we are a successor, may let go then. */
  readonly onHold: () => void;
  /** The command line of a recorder that takes over these channels, each with its number of sessions. */
  readonly successor: (channels: readonly InheritedChannel[]) => readonly string[];
  /** One line for the VM's log. */
  readonly trouble: (line: string) => void;
}

/** A channel that a successor takes over. */
export interface InheritedChannel {
  readonly channel: TappedChannel;
  readonly sessions: number;
}

/** A channel with the sockets of it that are to be held. */
export interface HeldChannel {
  readonly channel: TappedChannel;
  readonly sockets: KeptSockets;
}

export interface HeldSocketsEvents {
  /** There are others to hold now. */
  readonly changed: () => void;
  /** A session that cannot be held, in one line. */
  readonly unheld: (why: string) => void;
}

export class HeldSockets {
  readonly #listener: Listener;
  readonly #events: HeldSocketsEvents;
  readonly #sessions = new Map<number | undefined, KeptSockets['sessions'][number]>();

  constructor(listener: Listener, events: HeldSocketsEvents) {
    this.#listener = listener;
    this.#events = events;
    if (listener.fd !== undefined) lockSocket(listener.fd);
  }

  /** What a keeper can hold; undefined if that is nothing. */
  get kept(): KeptSockets | undefined {
    const { fd: listener } = this.#listener;
    return listener === undefined ? undefined : { listener, sessions: [...this.#sessions.values()] };
  }

  /** To be told of all that happens on the channel. */
  follow(event: ProxyEvent): void {
    if (event.type === 'joined') {
      const [client, server] = [event.client.fd, event.server.fd];
      if (client === undefined || server === undefined) {
        this.#events.unheld('a kill of the recorder would close it, as only unix sockets can be held');
        return;
      }
      event.client.takeFirst?.();
      event.server.takeFirst?.();
      this.#sessions.set(event.session, { client, server });
      this.#events.changed();
    } else if (event.type === 'closed' && this.#sessions.delete(event.session)) {
      this.#events.changed();
    }
  }
}

/** A keeper of what `held` gives whenever the keeper is renewed. */
export function keeperFor(succession: Succession, held: () => readonly HeldChannel[]): Keeper {
  return new Keeper({
    ...succession,
    kept: () => {
      const channels = held();
      if (channels.length === 0) return undefined;
      return {
        sockets: channels.map(({ sockets }) => sockets),
        successor: succession.successor(
          channels.map(({ channel, sockets }) => ({ channel, sessions: sockets.sessions.length })),
        ),
      };
    },
  });
}
