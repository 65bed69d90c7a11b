/**
 * One client of a replayed server: carries bytes and times between its stream and the machine that
 * answers. Knows no listener and no other clients.
 */
import type { Divergence } from '../replay/divergence.js';
import { ReplayedServer, type ServerAction, type ServerOptions } from '../replay/server.js';
import type { SessionPlan } from '../replay/plan.js';
import { closeDescriptors } from '../transport/descriptors.js';
import type { Stream } from '../transport/stream.js';

export interface ConnectionEvents {
  /** The client did something: a bound on its silence begins anew. */
  active(): void;
  diverged(divergence: Divergence): void;
  /** The connection is closed, and all its resources are released. */
  over(): void;
}

/** Longer timers fire at once (Node). */
const longestTimer = 2 ** 31 - 1;

export class ReplayConnection {
  readonly #machine: ReplayedServer;
  readonly #stream: Stream;
  readonly #events: ConnectionEvents;
  #timer: NodeJS.Timeout | undefined;
  #closing = false;

  constructor(stream: Stream, plan: SessionPlan, options: ServerOptions, events: ConnectionEvents) {
    this.#stream = stream;
    this.#events = events;
    this.#machine = new ReplayedServer(plan, options);
    stream.start({
      data: (chunk, fds) => {
        // A recorded server has no use for them.
        closeDescriptors(fds);
        events.active();
        this.#perform(this.#machine.receive(chunk, now()));
      },
      ended: () => {
        this.#perform(this.#machine.end(now()));
      },
      gone: () => {
        this.#perform(this.#machine.end(now()));
        this.#close('end');
      },
      drained: () => {
        stream.resume();
      },
      closed: () => {
        clearTimeout(this.#timer);
        events.over();
      },
      note: () => undefined,
    });
    this.#perform(this.#machine.connect(now()));
  }

  get account(): ReplayedServer['account'] {
    return this.#machine.account;
  }

  /** Takes what the client has sent until now, without waiting for more. */
  readAvailable(): void {
    if (!this.#closing) this.#stream.readAvailable();
  }

  /** Ends the connection from our side. */
  close(): void {
    this.#close('end');
  }

  #perform(actions: readonly ServerAction[]): void {
    clearTimeout(this.#timer);
    for (const action of actions) {
      if (action.do === 'diverge') this.#events.diverged(action.divergence);
      else if (this.#closing) continue;
      else if (action.do === 'send') this.#send(action.bytes);
      else if (action.do === 'close') this.#close(action.how);
      else if (action.do === 'wake') this.#wake(action.at);
    }
  }

  #send(bytes: Uint8Array): void {
    // A client that does not read gets no more answers than fit, and we read no more commands.
    if (!this.#stream.write(bytes, [])) this.#stream.pause();
  }

  #wake(at: number): void {
    const milliseconds = Math.ceil((at - now()) / 1e6);
    this.#timer = setTimeout(
      () => {
        this.#perform(this.#machine.tick(now()));
      },
      Math.min(Math.max(0, milliseconds), longestTimer),
    );
  }

  #close(how: 'end' | 'reset'): void {
    if (this.#closing) return;
    this.#closing = true;
    if (how === 'end') this.#stream.close();
    else this.#stream.destroy();
  }
}

/** Nanoseconds of a monotonic clock. */
function now(): number {
  return Number(process.hrtime.bigint());
}
