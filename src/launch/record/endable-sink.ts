/**
 * A recording that can be ended while its sessions go on: a VM's connections must outlive the wish to
 * record them.
 */
import type { Chunk, TrafficSink } from '../../recording/ports.js';
import type { SessionEnd, SessionStart } from '../../recording/session.js';

export class EndableSink implements TrafficSink {
  #sink: TrafficSink | undefined;
  readonly #open = new Set<number>();
  #sessions = 0;

  /** Without a sink, records nothing from the start. */
  constructor(sink: TrafficSink | undefined) {
    this.#sink = sink;
  }

  /** Ends the sessions that run, for the recording; what they say from now on is not recorded. */
  end(t: number, reason: string): void {
    for (const session of this.#open) this.#sink?.close(session, t, 'stopped', reason);
    this.#open.clear();
    this.#sink = undefined;
  }

  open(start: SessionStart, t: number): number {
    this.#sessions++;
    if (this.#sink === undefined) return this.#sessions;
    const session = this.#sink.open(start, t);
    this.#open.add(session);
    return session;
  }

  chunk(session: number, chunk: Chunk): void {
    this.#sink?.chunk(session, chunk);
  }

  inject(session: number, t: number, bytes: Uint8Array): void {
    this.#sink?.inject(session, t, bytes);
  }

  note(session: number, t: number, text: string): void {
    this.#sink?.note(session, t, text);
  }

  close(session: number, t: number, end: SessionEnd, reason: string | undefined): void {
    this.#open.delete(session);
    this.#sink?.close(session, t, end, reason);
  }
}
