/**
 * One socket of a VM: its path while that is taken, and the sessions that came to it, of which the store has copies.
 */
import { closeSync } from 'node:fs';
import type { TrafficSink } from '../../recording/ports.js';
import type { Dialect, Peer } from '../../recording/session.js';
import type { ExchangedPath } from '../../transport/path/exchanged-path.js';
import type { Listener } from '../../transport/listener.js';
import { drive, type Proxy, type ProxyEvent } from '../../transport/session/drive.js';
import { dialedServer, type ServerSource } from '../../transport/session/server-source.js';
import type { Stream } from '../../transport/stream.js';
import { unixPeer } from '../../transport/unix/peer-credentials.js';
import { inheritUnixListener } from '../../transport/unix/unix-listener.js';
import { UnixSocket } from '../../transport/unix/unix-socket.js';
import { monotonicNow } from '../../transport/clock.js';
import type { ChannelAnswer } from './control.js';
import { CountedSink } from './counted-sink.js';
import { type SocketStore, storedName } from './store/socket-store.js';

export interface HostChannelOptions {
  readonly path: string;
  /** The path's number in the store. */
  readonly number: number;
  readonly dialect: Dialect | undefined;
  readonly label: string;
  readonly durable: boolean;
  readonly sink: TrafficSink;
  readonly store: SocketStore | undefined;
  readonly onEvent: (event: ProxyEvent) => void;
  /** Called after the first bytes of a session's server. */
  readonly onAnswer: (session: number) => void;
}

/** Descriptors of a session that a process before this one has begun; without a server, its client still waits. */
export interface RestoredSession {
  readonly session: number;
  readonly client: number;
  readonly server: number | undefined;
}

interface StoredSession {
  readonly number: number;
  readonly client: Stream;
  server?: Stream;
}

/**
 * So many clients of a path may wait for its server, which serves one at a time; more wait in the kernel's queue, as
 * they would without us. Each costs descriptors, and whoever may connect to one VM must not use up those of all.
 */
const mostWaiting = 16;

export class HostChannel {
  readonly options: HostChannelOptions;
  /** Undefined: only its sessions are left. */
  readonly exchanged: ExchangedPath | undefined;
  readonly traffic: CountedSink;
  readonly #proxies: Proxy[] = [];
  /** The sessions that are open, by the sink's number: the store's number, and what it has. */
  readonly #stored = new Map<number | undefined, StoredSession>();
  #next = 1;

  constructor(options: HostChannelOptions, exchanged: ExchangedPath | undefined) {
    this.options = options;
    this.exchanged = exchanged;
    this.traffic = new CountedSink(options.sink, options.onAnswer);
  }

  /** How many sessions are not over. */
  get sessions(): number {
    return this.#proxies.reduce((sum, proxy) => sum + proxy.sessions, 0);
  }

  /** The client that has the server; undefined if none has. */
  get holder(): Peer | undefined {
    return this.#proxies.map(({ holder }) => holder?.client).find((client) => client !== undefined);
  }

  /** What is known of it now. */
  get answer(): ChannelAnswer {
    const { exchanged, holder, sessions, traffic } = this;
    const { path, dialect } = this.options;
    const now = monotonicNow();
    const since = (t: number | undefined): number | undefined =>
      t === undefined ? undefined : (now - t) / 1e9;
    return {
      ...{ path, dialect, taken: exchanged?.isOver === false, sessions },
      holder: holder && { pid: holder.pid, program: holder.program },
      total: { sessions: traffic.sessions, c2s: traffic.c2s.bytes, s2c: traffic.s2c.bytes },
      silent: { c2s: since(traffic.c2s.last), s2c: since(traffic.s2c.last) },
    };
  }

  /** Serves who comes to the path; the store has its listener. */
  start(): void {
    const { exchanged } = this;
    if (exchanged !== undefined) this.#drive(exchanged.clients, exchanged.server);
  }

  /** Goes on with a session. */
  resume({ session, client, server }: RestoredSession): void {
    this.#next = Math.max(this.#next, session + 1);
    this.#drive(
      onlyOne(this.options.path, client),
      server === undefined ? this.#server : this.#connected(server),
      session,
    );
  }

  /**
   * Serves who had come to `fd`, the listener of a process before this one at a path that is not taken any more, and
   * closes it: whoever was told that it is connected is not sent away.
   */
  serveWaiting(fd: number): void {
    const listener = inheritUnixListener(fd, this.options.path);
    this.#drive(listener, this.#server);
    listener.acceptWaiting();
    listener.close();
    this.options.store?.remove(this.#name('listener'));
    this.#finishListening();
  }

  /** Closes what is left of a session. */
  discard(session: number, fd: number): void {
    closeSync(fd);
    this.#forget(session);
  }

  /** Stores copies of all sockets again: the store is a new one. */
  storeAgain(): void {
    if (this.exchanged?.isOver === false)
      this.options.store?.put(this.#name('listener'), this.exchanged.clients.fd);
    for (const { number, client, server } of this.#stored.values()) {
      this.#keep('client', number, client);
      if (server !== undefined) this.#keep('server', number, server);
    }
  }

  /** Gives the path back; sessions go on. */
  giveBack(): void {
    if (this.exchanged?.isOver !== false) return;
    this.exchanged.giveBack();
    this.options.store?.remove(this.#name('listener'));
    this.#finishListening();
  }

  /** No proxy gets another client. */
  #finishListening(): void {
    for (const proxy of [...this.#proxies]) proxy.close();
  }

  /** Where a client's server is found: behind the path that is taken, or at the path. */
  get #server(): ServerSource {
    const { path } = this.options;
    return this.exchanged?.server ?? dialedServer({ kind: 'unix', path }, undefined);
  }

  #drive(clients: Listener, server: ServerSource, restored?: number): void {
    const { label, dialect, durable, onEvent } = this.options;
    let coming: StoredSession | undefined;
    const others = [...this.#proxies];
    const proxy = drive({
      // Before anything else: until its recording is begun, this process may be killed.
      clients: watched(clients, (client) => {
        coming = { number: restored ?? this.#next++, client };
        this.#keep('client', coming.number, client);
      }),
      ...{ server, sink: this.traffic, label, dialect, durable },
      holder: () => others.map(({ holder }) => holder).find((one) => one !== undefined),
      onEvent: (event) => {
        if (event.type === 'opened' && coming !== undefined) {
          this.#stored.set(event.session, coming);
          coming = undefined;
          this.#admit();
        } else if (event.type === 'joined') {
          const stored = this.#stored.get(event.session);
          if (stored !== undefined) {
            stored.server = event.server;
            this.#keep('server', stored.number, event.server); // before a byte of it is read
          }
          this.#admit();
        } else if (event.type === 'closed') {
          const stored = this.#stored.get(event.session);
          this.#stored.delete(event.session);
          if (stored !== undefined) this.#forget(stored.number);
          this.#admit();
        }
        onEvent(event);
      },
    });
    this.#proxies.push(proxy);
    void proxy.finished.then(() => {
      this.#proxies.splice(this.#proxies.indexOf(proxy), 1);
    });
  }

  /** Lets clients come, or not. */
  #admit(): void {
    const waiting = [...this.#stored.values()].filter(({ server }) => server === undefined).length;
    if (waiting >= mostWaiting) this.exchanged?.clients.hold();
    else this.exchanged?.clients.release();
  }

  #forget(session: number): void {
    this.options.store?.remove(this.#name('client', session));
    this.options.store?.remove(this.#name('server', session));
  }

  #keep(kind: 'client' | 'server', session: number, stream: Stream): void {
    const { store } = this.options;
    if (store === undefined || stream.fd === undefined) return;
    stream.takeFirst?.();
    store.put(this.#name(kind, session), stream.fd);
  }

  #name(kind: 'listener'): string;
  #name(kind: 'client' | 'server', session: number): string;
  #name(kind: 'listener' | 'client' | 'server', session = 0): string {
    const path = this.options.number;
    return storedName(kind === 'listener' ? { kind, path } : { kind, path, session });
  }

  #connected(fd: number): ServerSource {
    const { path } = this.options;
    return {
      address: path,
      find: () => Promise.resolve(new UnixSocket(fd, unixPeer(fd, path))),
      close: () => undefined,
    };
  }
}

/** The same listener; `came` is told of each connection before it is served. */
function watched(listener: Listener, came: (stream: Stream) => void): Listener {
  return {
    address: listener.address,
    notices: listener.notices,
    single: listener.single,
    start: (events) => {
      listener.start({
        ...events,
        connection: (stream) => {
          came(stream);
          events.connection(stream);
        },
      });
    },
    close: () => {
      listener.close();
    },
  };
}

/** A connection that is there already, as the only one of a listener. */
function onlyOne(address: string, fd: number): Listener {
  return {
    ...{ address, notices: [], single: true },
    start: (events) => {
      setImmediate(() => {
        events.connection(new UnixSocket(fd, unixPeer(fd, address)));
      });
    },
    close: () => undefined,
  };
}
