/**
 * One client of a replayed server: carries bytes and times between its stream and the machine that answers, and
 * into a recording if there is one.
 */
import type { TrafficSink } from '../../recording/ports.js';
import type { SessionEnd } from '../../recording/session.js';
import type { Divergence } from '../../replay/match/divergence.js';
import { Fifo } from '../../replay/timing/fifo.js';
import type { SessionPlan } from '../../replay/plan/plan.js';
import type { SentNow } from '../../replay/plan/sent-now.js';
import { ReplayedServer, type ServerAction, type ServerOptions } from '../../replay/server/server.js';
import type { Address } from '../../transport/address.js';
import { closeDescriptors } from '../../transport/unix/descriptors.js';
import type { Stream } from '../../transport/stream.js';
import { monotonicNow } from '../../transport/clock.js';
import { wakeAt } from './replay-clock.js';
import { UpstreamConnection } from './replay-upstream.js';

export interface ConnectionOptions {
  readonly machine: ServerOptions;
  /** The real server, for what was not recorded. */
  readonly upstream: Address | undefined;
  /** Records what this client is told. */
  readonly sink: TrafficSink | undefined;
  /** Where the client connected, for the recording. */
  readonly address: string;
}

export interface ConnectionEvents {
  /** The client did something: a bound on its silence begins anew. */
  active(): void;
  diverged(divergence: Divergence): void;
  /** One line that the user has to know. */
  trouble(text: string): void;
  /** The connection is closed, and all its resources are released. */
  over(): void;
}

const lineFeed = 0x0a;

/** What concerns the client. */
type Act = Exclude<ServerAction, { do: 'diverge' }>;

export class ReplayConnection {
  readonly #machine: ReplayedServer;
  readonly #stream: Stream;
  readonly #events: ConnectionEvents;
  readonly #upstream: UpstreamConnection | undefined;
  readonly #sink: TrafficSink | undefined;
  readonly #session: number;
  #timer: NodeJS.Timeout | undefined;
  #end: SessionEnd | undefined;
  #closing = false;
  /** The client reads more slowly than we write. */
  #behind = false;
  /** Actions that wait until it reads, in order. */
  readonly #later = new Fifo<Act>();
  /** Commands that were read but not answered yet: answering all of one read at once could fill the memory. */
  #unread: Uint8Array = new Uint8Array();

  constructor(stream: Stream, plan: SessionPlan, options: ConnectionOptions, events: ConnectionEvents) {
    this.#stream = stream;
    this.#events = events;
    this.#machine = new ReplayedServer(plan, options.machine);
    this.#upstream = options.upstream && this.#connectUpstream(options.upstream, plan);
    this.#sink = options.sink;
    this.#session = this.#open(plan, options.address);
    stream.start({
      data: (chunk, fds) => {
        this.#sink?.chunk(this.#session, { dir: 'c2s', t: monotonicNow(), bytes: chunk, fds: fds.length });
        // A recorded server does not need the descriptors.
        closeDescriptors(fds);
        events.active();
        this.#receive(chunk);
      },
      ended: () => {
        this.#end ??= 'client-closed';
        this.#perform(this.#machine.end(monotonicNow()));
      },
      gone: (reason) => {
        this.#end ??= reason === undefined ? 'client-closed' : 'client-reset';
        // Nothing more can be sent to it.
        this.#drain();
        this.#perform(this.#machine.end(monotonicNow()));
        this.#close('end');
      },
      drained: () => {
        this.#drain();
      },
      closed: () => {
        clearTimeout(this.#timer);
        this.#upstream?.close();
        this.#sink?.close(this.#session, monotonicNow(), this.#end ?? 'stopped', undefined);
        events.over();
      },
      note: (text) => {
        events.trouble(text);
      },
    });
    this.#perform(this.#machine.connect(monotonicNow()));
  }

  get account(): ReplayedServer['account'] {
    return this.#machine.account;
  }

  /** What this client sent where the recording has that message. */
  sentNow(seq: number): SentNow | undefined {
    return this.#machine.sentNow(seq);
  }

  /** Takes what the client has sent until now, without waiting for more. */
  readAvailable(): void {
    if (!this.#closing) this.#stream.readAvailable();
  }

  /** Ends the connection from our side, once the client has read what it was sent. */
  close(): void {
    this.#close('end');
  }

  /** Ends it now. */
  cutOff(): void {
    this.#closing = true;
    this.#stream.destroy();
  }

  #connectUpstream(address: Address, plan: SessionPlan): UpstreamConnection {
    return new UpstreamConnection(address, plan, {
      answer: (bytes) => {
        this.#perform(this.#machine.forwarded(bytes, monotonicNow()));
      },
      relay: (bytes) => {
        this.#perform(this.#machine.relay(bytes, monotonicNow()));
      },
      failed: (why) => {
        this.#events.trouble(why);
      },
    });
  }

  #open({ session }: SessionPlan, address: string): number {
    if (this.#sink === undefined) return 0;
    const { label, dialect } = session;
    const started = Date.now() * 1000;
    return this.#sink.open(
      { label, dialect, client: this.#stream.peer, server: { address }, started },
      monotonicNow(),
    );
  }

  /** A line at a time, for as long as the client reads what it is answered. */
  #receive(chunk: Uint8Array): void {
    let start = 0;
    while (start < chunk.length && !this.#behind) {
      const end = chunk.indexOf(lineFeed, start) + 1 || chunk.length;
      this.#perform(this.#machine.receive(chunk.subarray(start, end), monotonicNow()));
      start = end;
    }
    if (start < chunk.length) this.#unread = Buffer.concat([this.#unread, chunk.subarray(start)]);
  }

  #perform(actions: readonly ServerAction[]): void {
    clearTimeout(this.#timer);
    for (const action of actions) {
      if (action.do === 'diverge') this.#events.diverged(action.divergence);
      else this.#inTurn(action);
    }
  }

  #act(action: Act): void {
    if (this.#closing) return;
    if (action.do === 'send') this.#send(action.bytes);
    else if (action.do === 'close') this.#closeAsRecorded(action.how);
    else if (action.do === 'forward') this.#upstream?.forward(action.bytes);
    else this.#wake(action.at);
  }

  #send(bytes: Uint8Array): void {
    this.#sink?.chunk(this.#session, { dir: 's2c', t: monotonicNow(), bytes, fds: 0 });
    if (this.#stream.write(bytes, [])) return;
    // From a client that does not read its answers we take no more commands.
    this.#behind = true;
    this.#stream.pause();
  }

  #drain(): void {
    this.#behind = false;
    this.#catchUp();
  }

  /** Does what waited, as far as the client reads. */
  #catchUp(): void {
    while (!this.#behind) {
      const action = this.#later.take();
      if (action !== undefined) {
        this.#act(action);
      } else if (this.#unread.length > 0) {
        const unread = this.#unread;
        this.#unread = new Uint8Array();
        this.#receive(unread);
      } else {
        this.#stream.resume();
        return;
      }
    }
  }

  #inTurn(action: Act): void {
    if (this.#behind) this.#later.push(action);
    else this.#act(action);
  }

  #wake(at: number): void {
    this.#timer = wakeAt(at, () => {
      this.#perform(this.#machine.tick(monotonicNow()));
    });
  }

  #closeAsRecorded(how: 'end' | 'reset'): void {
    this.#end ??= how === 'end' ? 'server-closed' : 'server-reset';
    this.#close(how);
  }

  #close(how: 'end' | 'reset'): void {
    if (this.#closing) return;
    this.#closing = true;
    if (how === 'end') this.#stream.close();
    else this.#stream.destroy();
  }
}
