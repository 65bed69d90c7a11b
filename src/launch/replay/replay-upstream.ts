/**
 * The connection to the real server that answers what was not recorded. Dialed at the first such command; one for
 * each client.
 */
import type { SessionPlan } from '../../replay/plan/plan.js';
import { Upstream, type UpstreamAction } from '../../replay/server/upstream.js';
import type { Address } from '../../transport/address.js';
import { closeDescriptors } from '../../transport/unix/descriptors.js';
import { dial } from '../../transport/dial.js';
import type { Stream } from '../../transport/stream.js';

export interface UpstreamEvents {
  /** For the oldest unanswered command; undefined: there will be no answer. */
  answer(bytes: Uint8Array | undefined): void;
  /** Sent by the server without a command: an event. */
  relay(bytes: Uint8Array): void;
  /** The server cannot be reached, or went; one line. */
  failed(why: string): void;
}

/** A real server that does not answer a connect for so long is not there; milliseconds. */
const dialTimeout = 10_000;

export class UpstreamConnection {
  readonly #machine: Upstream;
  readonly #events: UpstreamEvents;
  readonly #address: Address;
  readonly #given = new AbortController();
  #stream: Stream | undefined;
  #dialing = false;
  /** Sent before the connection was there. */
  #early: Uint8Array[] = [];
  #owed = 0;
  #lost = false;

  constructor(address: Address, plan: SessionPlan, events: UpstreamEvents) {
    this.#address = address;
    this.#machine = new Upstream(plan);
    this.#events = events;
  }

  forward(command: Uint8Array): void {
    this.#owed += 1;
    if (this.#lost) {
      this.#answerAll();
      return;
    }
    this.#perform(this.#machine.forward(command));
    if (!this.#dialing) void this.#dial();
  }

  close(): void {
    this.#given.abort();
    this.#lost = true;
    this.#stream?.destroy();
  }

  async #dial(): Promise<void> {
    this.#dialing = true;
    try {
      const stream = await dial(this.#address, { timeout: dialTimeout, signal: this.#given.signal });
      this.#stream = stream;
      stream.start({
        data: (chunk, fds) => {
          closeDescriptors(fds);
          this.#perform(this.#machine.receive(chunk));
        },
        ended: () => {
          this.#lose('the server that commands are forwarded to has closed the connection');
        },
        gone: () => {
          this.#lose('the server that commands are forwarded to is gone');
        },
        drained: () => undefined,
        closed: () => undefined,
        note: () => undefined,
      });
      for (const bytes of this.#early.splice(0)) stream.write(bytes, []);
    } catch (error) {
      this.#lose(error instanceof Error ? error.message : String(error));
    }
  }

  #perform(actions: readonly UpstreamAction[]): void {
    for (const action of actions) {
      if (action.do === 'send') {
        if (this.#stream) this.#stream.write(action.bytes, []);
        else this.#early.push(action.bytes);
      } else if (action.do === 'relay') {
        this.#events.relay(action.bytes);
      } else if (this.#owed > 0) {
        this.#owed -= 1;
        this.#events.answer(action.bytes);
      }
    }
  }

  #lose(why: string): void {
    if (this.#lost) return;
    this.#lost = true;
    this.#stream?.destroy();
    this.#events.failed(why);
    this.#answerAll();
  }

  #answerAll(): void {
    for (; this.#owed > 0; this.#owed--) this.#events.answer(undefined);
  }
}
