/**
 * One session as its messages go by: what waits for its response, how long somebody waited, and where nobody
 * spoke. Only commands that still wait are kept.
 */

/** Where a message is: `recording` counts the sources from 0; `t` is nanoseconds since its session began. */
export interface Place {
  /** Which of the sources, from 0. */
  readonly recording: number;
  /** The session's number. */
  readonly session: number;
  /** The message's place in it. */
  readonly seq: number;
  /** Nanoseconds since its session began. */
  readonly t: number;
}

/** Tell it of each message, in order. Times are nanoseconds since the session began. */
export class SessionCourse {
  readonly recording: number;
  readonly session: number;
  /** Nanoseconds from the beginning of all to the session's. */
  readonly offset: number;
  /** Commands without a response, by seq. */
  readonly waiting = new Map<number, { readonly name: string; readonly t: number }>();
  latest = 0;
  /** How often a message was older than the one before it. */
  backwards = 0;
  #begun = false;
  #busy = 0;
  /** Up to where `#busy` is counted, or since when a command is waiting. */
  #mark = 0;

  constructor(recording: number, session: number, offset: number) {
    this.recording = recording;
    this.session = session;
    this.offset = offset;
  }

  /** The time since the message before; 0 if there is none, or if the clock went backwards. */
  step(t: number): number {
    const silence = this.#begun ? t - this.latest : 0;
    this.#begun = true;
    if (silence < 0) this.backwards += 1;
    this.latest = Math.max(this.latest, t);
    return Math.max(0, silence);
  }

  /** A command. */
  ask(seq: number, name: string, t: number): void {
    if (this.waiting.size === 0) this.#mark = Math.max(this.#mark, t);
    this.waiting.set(seq, { name, t });
  }

  /** A response; false if its command has not been seen. */
  answer(replyTo: number | undefined, t: number, latency: number | undefined): boolean {
    const seen = replyTo !== undefined && this.waiting.delete(replyTo);
    if (seen && this.waiting.size === 0) this.#count(this.#mark, t);
    else if (!seen && this.waiting.size === 0 && latency !== undefined) this.#count(t - latency, t);
    return seen;
  }

  /** The time in which something waited, up to the session's end. */
  busyUntil(end: number): number {
    if (this.waiting.size > 0) this.#count(this.#mark, end);
    return this.#busy;
  }

  /** Where a message of this session is. */
  place(seq: number, t: number): Place {
    return { recording: this.recording, session: this.session, seq, t };
  }

  #count(from: number, to: number): void {
    this.#busy += Math.max(0, to - Math.max(from, this.#mark));
    this.#mark = Math.max(this.#mark, to);
  }
}
