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

  constructor(sink: TrafficSink) {
    this.#sink = sink;
  }

  open(start: SessionStart, t: number): number {
    this.sessions++;
    return this.#sink.open(start, t);
  }

  chunk(session: number, chunk: Chunk): void {
    const counted = this[chunk.dir];
    counted.bytes += chunk.bytes.length;
    counted.last = chunk.t;
    this.#sink.chunk(session, chunk);
  }

  inject(session: number, t: number, bytes: Uint8Array): void {
    this.#sink.inject(session, t, bytes);
  }

  note(session: number, t: number, text: string): void {
    this.#sink.note(session, t, text);
  }

  close(session: number, t: number, end: SessionEnd, reason: string | undefined): void {
    this.#sink.close(session, t, end, reason);
  }
}
