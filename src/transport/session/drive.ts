/**
 * The one loop that turns clients into sessions: accepts, finds a server for each, joins the two, and ends
 * them all when told to. Whatever fails in here or in the sink, no client is closed while its server lives:
 * libvirt kills a machine whose monitor closes.
 */
import type { JsonObject } from '../../json/value.js';
import type { Injection } from '../../proxy/injection.js';
import type { TrafficSink } from '../../recording/ports.js';
import type { Dialect, SessionEnd } from '../../recording/session.js';
import type { Address } from '../address.js';
import type { Listener } from '../listener.js';
import { ProxySession, type SessionObserver } from './proxy-session.js';
import { dialedServer, listeningServers, type ServerSource } from './server-source.js';
import type { SessionEvent } from './session-event.js';
import { type Holder, quietMs, takenBy } from './taken.js';
import type { Stream } from '../stream.js';

/** What happens while a proxy runs, with the live streams. */
export type ProxyEvent = SessionEvent<Stream>;

export interface ProxyOptions {
  /** Where the clients come from. */
  readonly clients: Listener;
  /** Where the server is: dialed for each client, dialing in by itself, or found in a way of the caller's. */
  readonly server:
    | { readonly dial: Address; readonly timeout?: number | undefined }
    | { readonly listener: Listener }
    | ServerSource;
  readonly sink: TrafficSink;
  readonly label?: string | undefined;
  readonly dialect?: Dialect | undefined;
  /** Forward only what the sink has: the reverse of the usual order. */
  readonly durable?: boolean | undefined;
  /** Made for each session if the user may use `Proxy.inject`; every byte is then looked at as it passes. */
  readonly injection?: (() => Injection) | undefined;
  /** Who else may have the server: of proxies that share it. */
  readonly holder?: (() => Holder | undefined) | undefined;
  readonly onEvent?: ((event: ProxyEvent) => void) | undefined;
}

/** A running proxy. */
export interface Proxy {
  /** The sessions that are not over. */
  readonly sessions: number;
  /** Who has the server: the oldest open session. */
  readonly holder: Holder | undefined;
  /** Resolves when no session runs and none can come: after `stop`, or after a listener's only connection. */
  readonly finished: Promise<void>;
  /**
   * Sends a command into a session that runs, between two of its client's exchanges. Its response is
   * recorded and kept from the client. Resolves when it is sent; rejects with the reason why it was not.
   */
  inject(session: number, command: JsonObject): Promise<void>;
  /** Accepts no more clients; open sessions continue. */
  close(): void;
  /**
   * Accepts no more clients, delivers and records what was received, for at most `graceMs` (2 s), and closes
   * all. Resolves when the sink has every session's end.
   */
  stop(graceMs?: number): Promise<void>;
}

/** Starts to accept clients, and relays between each and its server until `stop`. */
export function drive(options: ProxyOptions): Proxy {
  return new Driver(options);
}

const defaultGrace = 2000;
/** How long the user's command waits for a moment between two exchanges. */
const sendPatience = 5000;
/** How often to look whether a client that waits for a server has given up. */
const patienceCheck = 250;

class Driver implements Proxy, SessionObserver {
  readonly finished: Promise<void>;
  readonly #options: ProxyOptions;
  readonly #servers: ServerSource;
  readonly #running = new Set<ProxySession>();
  /** Fires at the stop, for sessions that wait for a server. */
  readonly #stopping = new AbortController();
  #finish: () => void = () => undefined;
  #sinkFailureTold = false;
  #exhausted = false;

  constructor(options: ProxyOptions) {
    this.#options = options;
    this.finished = new Promise((resolve) => {
      this.#finish = resolve;
    });
    const trouble = (text: string): void => {
      this.#tell({ type: 'trouble', session: undefined, text });
    };
    const { server, clients } = options;
    this.#servers =
      'find' in server
        ? server
        : 'dial' in server
          ? dialedServer(server.dial, server.timeout)
          : listeningServers(server.listener, trouble);
    const connection = (client: Stream): void => {
      this.#exhausted = clients.single;
      this.#clientCame(client);
    };
    clients.start({ connection, trouble });
  }

  get sessions(): number {
    return this.#running.size;
  }

  get holder(): Holder | undefined {
    return this.#holderBefore(undefined);
  }

  async inject(id: number, command: JsonObject): Promise<void> {
    const session = [...this.#running].find((one) => one.id === id);
    if (session === undefined) throw new Error(`session ${id} is not open`);
    await session.inject(command, sendPatience);
  }

  close(): void {
    this.#exhausted = true;
    this.#options.clients.close();
    this.#finishIfOver();
  }

  async stop(graceMs = defaultGrace): Promise<void> {
    this.#end();
    const timer = setTimeout(() => {
      for (const session of this.#running) session.cutOff();
    }, graceMs);
    await this.finished;
    clearTimeout(timer);
  }

  over(session: ProxySession, end: SessionEnd, reason: string | undefined): void {
    this.#running.delete(session);
    this.#tell({ type: 'closed', session: session.id, end, reason });
    this.#options.clients.next?.();
    this.#finishIfOver();
  }

  note(session: ProxySession, text: string): void {
    this.#tell({ type: 'trouble', session: session.id, text });
  }

  sinkFailed(error: unknown): void {
    if (this.#sinkFailureTold) return;
    this.#sinkFailureTold = true;
    this.#tell({ type: 'sink-failed', error });
  }

  bug(session: ProxySession, error: unknown): void {
    const what = error instanceof Error ? (error.stack ?? error.message) : String(error);
    this.#tell({ type: 'trouble', session: session.id, text: `internal error, please report it: ${what}` });
  }

  #clientCame(client: Stream): void {
    const { sink, label, dialect, durable = false, injection } = this.#options;
    const server = { address: this.#servers.address };
    const start = { label, dialect, client: client.peer, server, started: Date.now() * 1000 };
    const session = new ProxySession({
      client,
      start,
      sink,
      durable,
      observer: this,
      injection: injection?.(),
    });
    this.#running.add(session);
    this.#tell({ type: 'opened', session: session.id, client: client.peer });
    void this.#findServer(session, client);
  }

  /** Never rejects. */
  async #findServer(session: ProxySession, client: Stream): Promise<void> {
    const gaveUp = new AbortController();
    const signal = AbortSignal.any([this.#stopping.signal, gaveUp.signal]);
    let patience: NodeJS.Timeout | undefined;
    try {
      const server = await this.#servers.find(signal, (reason) => {
        const holder = reason === undefined ? this.#holderBefore(session) : undefined;
        if (holder !== undefined) session.note(takenBy(holder));
        else this.#tell({ type: 'waiting', session: session.id, reason });
        patience ??= setInterval(() => {
          if (session.clientIsGone) gaveUp.abort();
        }, patienceCheck);
      });
      if (signal.aborted) server.destroy();
      else {
        session.join(server);
        this.#tell({ type: 'joined', session: session.id, client, server });
        this.#tellIfTaken(session);
      }
    } catch (error) {
      if (!signal.aborted)
        session.abandon('server-unreachable', error instanceof Error ? error.message : String(error));
    } finally {
      clearInterval(patience);
    }
    if (this.#stopping.signal.aborted) session.abandon('stopped', undefined);
    else if (gaveUp.signal.aborted) session.abandon('client-closed', 'it left before a server was free');
  }

  /** A server that serves another client accepts this one all the same, and sends nothing. */
  #tellIfTaken(session: ProxySession): void {
    if (this.#holderBefore(session) === undefined) return;
    setTimeout(() => {
      const holder = this.#holderBefore(session);
      if (session.holder?.served === false && holder !== undefined) session.note(takenBy(holder));
    }, quietMs).unref();
  }

  /** Running sessions are in the order in which they began. */
  #holderBefore(session: ProxySession | undefined): Holder | undefined {
    const elsewhere = this.#options.holder?.();
    if (elsewhere !== undefined) return elsewhere;
    for (const one of this.#running) {
      if (one === session) return undefined;
      if (one.holder !== undefined) return one.holder;
    }
    return undefined;
  }

  #end(): void {
    if (this.#stopping.signal.aborted) return;
    this.#exhausted = true;
    this.#options.clients.close();
    this.#stopping.abort();
    this.#servers.close();
    for (const session of this.#running) session.stop();
    this.#finishIfOver();
  }

  #finishIfOver(): void {
    if (!this.#exhausted || this.#running.size > 0) return;
    this.#options.clients.close();
    this.#servers.close();
    this.#finish();
  }

  #tell(event: ProxyEvent): void {
    try {
      this.#options.onEvent?.(event);
    } catch (error) {
      // An exception of the listener must not disturb the traffic.
      process.emitWarning(error instanceof Error ? error : String(error));
    }
  }
}
