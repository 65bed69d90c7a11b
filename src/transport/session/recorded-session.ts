/**
 * One session's share of the sink: stamps what happens with the monotonic clock and passes it on. The sink
 * promises not to throw; if it does, that is reported, and the traffic goes on.
 */
import { monotonicNow } from '../clock.js';
import type { Chunk, TrafficSink } from '../../recording/ports.js';
import type { SessionEnd, SessionStart } from '../../recording/session.js';

/** No call throws. Without an `id` all are in vain: the sink could not open the session. */
export class RecordedSession {
  /** The sink's number of this session. */
  readonly id: number | undefined;
  readonly #sink: TrafficSink;
  readonly #failed: (error: unknown) => void;

  constructor(sink: TrafficSink, start: SessionStart, failed: (error: unknown) => void) {
    this.#sink = sink;
    this.#failed = failed;
    try {
      this.id = sink.open(start, monotonicNow());
    } catch (error) {
      failed(error);
    }
  }

  chunk(chunk: Chunk): void {
    if (this.id === undefined) return;
    try {
      this.#sink.chunk(this.id, chunk);
    } catch (error) {
      this.#failed(error);
    }
  }

  inject(bytes: Uint8Array): void {
    this.#tell((id, t) => {
      this.#sink.inject(id, t, bytes);
    });
  }

  note(text: string): void {
    this.#tell((id, t) => {
      this.#sink.note(id, t, text);
    });
  }

  close(end: SessionEnd, reason: string | undefined): void {
    this.#tell((id, t) => {
      this.#sink.close(id, t, end, reason);
    });
  }

  #tell(what: (id: number, t: number) => void): void {
    if (this.id === undefined) return;
    try {
      what(this.id, monotonicNow());
    } catch (error) {
      this.#failed(error);
    }
  }
}
