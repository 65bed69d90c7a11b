/**
 * One client's session: turns what happens to its two streams into the relay's events, the relay's
 * decisions into calls on the streams, and gives a copy of all traffic to the sink.
 */
import type { JsonObject } from '../../json/value.js';
import type { Injection } from '../../proxy/injection.js';
import { Relay } from '../../proxy/relay.js';
import type { RelayOutput, Side } from '../../proxy/relay.js';
import type { Direction } from '../../recording/message.js';
import type { TrafficSink } from '../../recording/ports.js';
import type { Peer, SessionEnd, SessionStart } from '../../recording/session.js';
import { closeDescriptors } from '../unix/descriptors.js';
import { monotonicNow } from '../clock.js';
import type { Stream, StreamEvents } from '../stream.js';
import { RecordedSession } from './recorded-session.js';
import type { Holder } from './taken.js';

/** What a session reports to its driver. */
export interface SessionObserver {
  /** Both streams are closed, and the sink knows of it. */
  over(session: ProxySession, end: SessionEnd, reason: string | undefined): void;
  /** The sink threw, which it must not do: the traffic goes on. */
  sinkFailed(error: unknown): void;
  /** A bug in qmptap: the session goes on as well as it can. */
  bug(session: ProxySession, error: unknown): void;
  note(session: ProxySession, text: string): void;
}

/** One of the two streams, named by its side. */
class Leg implements StreamEvents {
  readonly direction: Direction;
  readonly side: Side;
  stream: Stream | undefined;
  /** It has sent something. */
  heard = false;
  readonly #session: ProxySession;

  constructor(session: ProxySession, side: Side) {
    this.#session = session;
    this.side = side;
    this.direction = side === 'client' ? 'c2s' : 's2c';
  }

  data(chunk: Uint8Array, fds: readonly number[]): void {
    try {
      this.#session.data(this, chunk, fds);
    } catch (error) {
      this.#session.bug(error);
    }
  }

  ended(): void {
    this.#session.serverRest(this);
    this.#tell((relay) => {
      relay.ended(this.side);
    });
  }

  gone(reason: string | undefined, reset: boolean): void {
    this.#session.serverRest(this);
    this.#tell((relay) => {
      relay.gone(this.side, reason, reset);
    });
  }

  drained(): void {
    this.#tell((relay) => {
      relay.drained(this.side);
    });
  }

  closed(): void {
    this.#tell((relay) => {
      relay.closed(this.side);
    });
  }

  note(text: string): void {
    this.#session.note(text);
  }

  /** A mistake of ours ends neither the process nor the session: the server may hang on it. */
  #tell(event: (relay: Relay) => void): void {
    try {
      event(this.#session.relay);
    } catch (error) {
      this.#session.bug(error);
    }
  }
}

/** What a session is made of. */
export interface ProxySessionParts {
  readonly client: Stream;
  readonly start: SessionStart;
  readonly sink: TrafficSink;
  /** Forward only what the sink has. */
  readonly durable: boolean;
  readonly observer: SessionObserver;
  /** Where the user may send commands too. */
  readonly injection: Injection | undefined;
}

/** Before it has a server, while it relays, and after `over`. */
type Stage = 'alone' | 'joined' | 'over';

export class ProxySession implements RelayOutput {
  readonly relay: Relay = new Relay(this);
  readonly #client = new Leg(this, 'client');
  readonly #server = new Leg(this, 'server');
  readonly #recorded: RecordedSession;
  readonly #durable: boolean;
  readonly #observer: SessionObserver;
  readonly #injection: Injection | undefined;
  readonly #peer: Peer;
  #stage: Stage = 'alone';
  #bugTold = false;

  constructor({ client, start, sink, durable, observer, injection }: ProxySessionParts) {
    this.#injection = injection;
    this.#client.stream = client;
    this.#peer = client.peer;
    this.#durable = durable;
    this.#observer = observer;
    this.#recorded = new RecordedSession(sink, start, (error) => {
      observer.sinkFailed(error);
    });
  }

  /** The sink's number of this session; undefined if the sink could not give one. */
  get id(): number | undefined {
    return this.#recorded.id;
  }

  /** Of a session that has no server yet, and so does not read from its client. */
  get clientIsGone(): boolean {
    return this.#client.stream?.isGone() ?? true;
  }

  /** This session as the holder of its server; undefined without one. */
  get holder(): Holder | undefined {
    if (this.#stage !== 'joined') return undefined;
    return { session: this.id, client: this.#peer, served: this.#server.heard };
  }

  /** Joins the client to its server. */
  join(server: Stream): void {
    this.#stage = 'joined';
    this.#server.stream = server;
    server.start(this.#server);
    this.#client.stream?.start(this.#client);
  }

  /** Ends a session that has no server; what its client sent is still recorded. */
  abandon(end: SessionEnd, reason: string | undefined): void {
    if (this.#stage !== 'alone') return;
    this.#client.stream?.start(this.#client);
    this.#client.stream?.readAvailable();
    this.#client.stream?.destroy();
    this.done(end, reason);
  }

  /** Ends the session behind what was received. One without a server is left to `abandon`. */
  stop(): void {
    if (this.#stage !== 'joined') return;
    this.#client.stream?.readAvailable();
    this.#server.stream?.readAvailable();
    this.relay.stop();
  }

  /** Ends it now, whatever is still on its way. */
  cutOff(): void {
    this.#client.stream?.destroy();
    this.#server.stream?.destroy();
  }

  data(leg: Leg, chunk: Uint8Array, fds: readonly number[]): void {
    const t = monotonicNow();
    const recorded = { dir: leg.direction, t, bytes: chunk, fds: fds.length };
    leg.heard = true;
    if (this.#durable) {
      this.#recorded.chunk(recorded);
      this.#forward(leg, chunk, fds);
    } else {
      try {
        this.#forward(leg, chunk, fds);
      } finally {
        this.#recorded.chunk(recorded);
      }
    }
    if (this.#injection?.waits === true) this.#sendWaiting(this.#injection);
  }

  /**
   * Sends the user's command to the server at the next moment between two exchanges; its response is
   * recorded, and kept from the client. Rejects with an Error that says why it was not sent.
   */
  inject(command: JsonObject, patience: number): Promise<void> {
    const injection = this.#injection;
    if (injection === undefined) return Promise.reject(new Error('sending was not allowed at the start'));
    return new Promise((resolve, reject) => {
      const refuse = (why: string): void => {
        clearTimeout(late);
        reject(new Error(why));
      };
      const late = setTimeout(() => {
        injection.refuse('the monitor was never free: a command waits, or the client has not negotiated');
      }, patience);
      const sent = (bytes: Uint8Array): void => {
        clearTimeout(late);
        this.#recorded.inject(bytes);
        resolve();
      };
      injection.inject(command, sent, refuse);
      this.#sendWaiting(injection);
    });
  }

  /** What was held back of the server's last words, which is not what we waited for. */
  serverRest(leg: Leg): void {
    if (leg.side !== 'server') return;
    for (const piece of this.#injection?.end() ?? []) this.relay.data('server', piece, []);
  }

  bug(error: unknown): void {
    if (!this.#bugTold) this.#observer.bug(this, error);
    this.#bugTold = true;
  }

  note(text: string): void {
    this.#observer.note(this, text);
    this.#recorded.note(text);
  }

  send(to: Side, bytes: Uint8Array, fds: readonly number[]): boolean {
    const stream = this.#stream(to);
    if (stream !== undefined) return stream.write(bytes, fds);
    if (fds.length > 0) closeDescriptors(fds);
    return true;
  }

  discard(fds: readonly number[]): void {
    closeDescriptors(fds);
  }

  pause(side: Side): void {
    this.#stream(side)?.pause();
  }

  resume(side: Side): void {
    this.#stream(side)?.resume();
  }

  shutdown(side: Side): void {
    this.#stream(side)?.shutdown();
  }

  close(side: Side): void {
    // What this side sent so far is recorded, even if the other side is gone.
    this.#stream(side)?.readAvailable();
    this.#stream(side)?.close();
  }

  done(end: SessionEnd, reason: string | undefined): void {
    if (this.#stage === 'over') return;
    this.#stage = 'over';
    this.#recorded.close(end, reason);
    this.#observer.over(this, end, reason);
  }

  #forward(leg: Leg, chunk: Uint8Array, fds: readonly number[]): void {
    if (this.#injection === undefined) {
      this.relay.data(leg.side, chunk, fds);
    } else if (leg.side === 'client') {
      this.#injection.fromClient(chunk);
      this.relay.data('client', chunk, fds);
    } else {
      const pieces = this.#injection.fromServer(chunk);
      // Servers pass no descriptors; if one did, they would go with what follows.
      if (pieces.length === 0 && fds.length > 0) closeDescriptors(fds);
      for (const [place, piece] of pieces.entries()) this.relay.data('server', piece, place === 0 ? fds : []);
    }
  }

  #sendWaiting(injection: Injection): void {
    const bytes = injection.next();
    if (bytes !== undefined) this.relay.data('client', bytes, []);
  }

  #stream(side: Side): Stream | undefined {
    return side === 'client' ? this.#client.stream : this.#server.stream;
  }
}
