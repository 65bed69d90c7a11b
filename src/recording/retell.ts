/**
 * Tells recorded messages again as traffic, so that a changed or filtered copy is made the way every
 * recording is made. Knows no files; sessions must be told in the order of their messages.
 */
import type { Message } from './message.js';
import type { TrafficSink } from './ports.js';
import type { Session, SessionStart } from './session.js';

/** What of a session is told; a dialect that is not known is recognised anew. */
export type ToldSession = Omit<Session, 'dialect' | 'version' | 'messages' | 'bytes'> &
  Pick<SessionStart, 'dialect'>;

/** What of a message is traffic. */
export type Told = Pick<Message, 'dir' | 't' | 'raw' | 'fds' | 'injected'>;

/** Sessions by their number in the original. Times are told relative to the first session's beginning. */
export class Retelling {
  readonly #sink: TrafficSink;
  readonly #open = new Map<
    number,
    { readonly number: number; readonly start: number; readonly session: ToldSession }
  >();
  #base: number | undefined;

  constructor(sink: TrafficSink) {
    this.#sink = sink;
  }

  /** Begins a session, and ends those that were over by then: a late response goes to the next session. */
  open(session: ToldSession): void {
    this.#base ??= session.started;
    const start = (session.started - this.#base) * 1000;
    for (const [id, told] of this.#open) {
      if (told.session.ended !== undefined && told.start + told.session.ended <= start) this.close(id);
    }
    const { label, dialect, client, server, started } = session;
    const number = this.#sink.open({ label, dialect, client, server, started }, start);
    this.#open.set(session.id, { number, start, session });
    for (const note of session.notes) this.#sink.note(number, start, note);
  }

  /** Whether this session was begun and not ended. */
  isOpen(session: number): boolean {
    return this.#open.has(session);
  }

  message(session: number, message: Told): void {
    const told = this.#open.get(session);
    if (told === undefined) return;
    const t = told.start + message.t;
    if (message.injected && message.dir === 'c2s') this.#sink.inject(told.number, t, message.raw);
    else this.#sink.chunk(told.number, message.dir, t, message.raw, message.fds);
  }

  note(session: number, text: string): void {
    const told = this.#open.get(session);
    if (told) this.#sink.note(told.number, told.start, text);
  }

  /** Ends a session as the original did; one that had no end is cut off at its last message. */
  close(session: number, latest = 0): void {
    const told = this.#open.get(session);
    if (told === undefined) return;
    this.#open.delete(session);
    const { ended, end, endReason } = told.session;
    this.#sink.close(told.number, told.start + (ended ?? latest), end ?? 'cut-off', endReason);
  }

  /** Ends what is still open. */
  end(): void {
    for (const session of [...this.#open.keys()]) this.close(session);
  }
}
