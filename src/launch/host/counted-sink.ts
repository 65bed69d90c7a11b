/** Counts what goes through to another sink: what is known of a socket's traffic without understanding it. */
import type { Chunk, TrafficSink } from '../../recording/ports.js';
import type { SessionEnd, SessionStart } from '../../recording/session.js';

interface Counted {
  bytes: number;
  /** When the last byte came, in nanoseconds of the monotonic clock; undefined if none has. */
  last: number | undefined;
}

export class CountedSink implements TrafficSink {
  sessions = 0;
  readonly c2s: Counted = { bytes: 0, last: undefined };
  readonly s2c: Counted = { bytes: 0, last: undefined };
  readonly #sink: TrafficSink;
  readonly #answered: (session: number) => void;
  /** Sessions whose server has sent nothing yet. */
  readonly #silent = new Set<number>();

  /** `answered` is called after the first bytes of a session's server. */
  constructor(sink: TrafficSink, answered: (session: number) => void) {
    this.#sink = sink;
    this.#answered = answered;
  }

  open(start: SessionStart, t: number): number {
    this.sessions++;
    const session = this.#sink.open(start, t);
    this.#silent.add(session);
    return session;
  }

  chunk(session: number, chunk: Chunk): void {
    const counted = this[chunk.dir];
    counted.bytes += chunk.bytes.length;
    counted.last = chunk.t;
    this.#sink.chunk(session, chunk);
    if (chunk.dir === 's2c' && this.#silent.delete(session)) this.#answered(session);
  }

  inject(session: number, t: number, bytes: Uint8Array): void {
    this.#sink.inject(session, t, bytes);
  }

  note(session: number, t: number, text: string): void {
    this.#sink.note(session, t, text);
  }

  close(session: number, t: number, end: SessionEnd, reason: string | undefined): void {
    this.#silent.delete(session);
    this.#sink.close(session, t, end, reason);
  }
}
