/**
 * Tells recorded messages again as traffic, so that a changed or filtered copy is made the way every
 * recording is made. Sessions must be told in the order of their messages.
 */
import type { Message, MessageRef } from './message.js';
import type { TrafficSink } from './ports.js';
import type { Session, SessionStart } from './session.js';

/** The parts of a session that are copied; an unknown dialect is detected again. */
export type RetoldSession = Omit<Session, 'dialect' | 'version' | 'messages' | 'bytes'> &
  Pick<SessionStart, 'dialect'> & {
    /** How many there will be; undefined where that is not known. */
    readonly messages: number | undefined;
  };

/** What of a message is traffic. */
export type RetoldMessage = Pick<Message, 'dir' | 't' | 'untimed' | 'raw' | 'fds' | 'injected'>;

/** A session whose copy is open. */
interface CopiedSession {
  /** Its number in the copy. */
  readonly number: number;
  /** When it began, on the sink's clock. */
  readonly start: number;
  readonly session: RetoldSession;
  messages: number;
  latest: number;
}

/** Sessions go by their number in the original. Times are told since the first one began. */
export class Retelling {
  readonly #sink: TrafficSink;
  readonly #open = new Map<number, CopiedSession>();
  /** Copy-side numbers of all sessions so far. */
  readonly #numbers: number[] = [];
  #base: number | undefined;

  constructor(sink: TrafficSink) {
    this.#sink = sink;
  }

  /** Begins a session, and ends those that were over by then: a late response goes to the next session. */
  open(session: RetoldSession): void {
    this.#base ??= session.started;
    const start = (session.started - this.#base) * 1000;
    for (const [id, told] of this.#open) if (isOver(told, start)) this.#close(id, told);
    const { label, dialect, client, server, started } = session;
    const number = this.#sink.open({ label, dialect, client, server, started }, start);
    this.#numbers.push(number);
    this.#open.set(session.id, { number, start, session, messages: 0, latest: start });
    for (const note of session.notes) this.#sink.note(number, start, note);
  }

  /** Whether this session was begun and not ended. */
  isOpen(session: number): boolean {
    return this.#open.has(session);
  }

  /** Gives the message's place in the copy; undefined if its session is not open. */
  message(session: number, message: RetoldMessage): MessageRef | undefined {
    const told = this.#open.get(session);
    if (told === undefined) return undefined;
    told.messages += 1;
    const t = message.untimed === true ? NaN : told.start + message.t;
    if (message.untimed !== true) told.latest = t;
    if (message.injected && message.dir === 'c2s') this.#sink.inject(told.number, told.latest, message.raw);
    else this.#sink.chunk(told.number, { dir: message.dir, t, bytes: message.raw, fds: message.fds });
    return { session: told.number, seq: told.messages };
  }

  /** Ends what is still open, and says something of every session of the copy. */
  end(note?: string): void {
    for (const [id, told] of this.#open) this.#close(id, told);
    if (note !== undefined) for (const number of this.#numbers) this.#sink.note(number, 0, note);
  }

  /** As the original ended; one that had no end is cut off at its last message. */
  #close(id: number, { number, start, session, latest }: CopiedSession): void {
    this.#open.delete(id);
    const { ended, end, endReason } = session;
    this.#sink.close(number, ended === undefined ? latest : start + ended, end ?? 'cut-off', endReason);
  }
}

/** The wall clock may have been set back, so the messages count as well. */
function isOver({ start, session, messages }: CopiedSession, now: number): boolean {
  if (session.ended === undefined || start + session.ended > now) return false;
  return session.messages === undefined || messages >= session.messages;
}
