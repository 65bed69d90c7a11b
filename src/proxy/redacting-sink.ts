/**
 * Removes secrets from traffic before it reaches a sink. A secret may span two chunks, so traffic is framed first
 * and passed on one whole frame at a time; an unfinished frame is passed on at the close.
 * `launch/record/redaction-thread.ts` runs it in its own thread.
 */
import type { Chunk, NewMessage, RecordingWriter, TrafficSink } from '../recording/ports.js';
import { Redactor } from '../redact/redactor.js';
import type { SessionEnd, SessionStart } from '../recording/session.js';
import type { UserRules } from '../redact/user-rules.js';
import { Tap } from './tap.js';

export class RedactingSink implements TrafficSink, RecordingWriter {
  readonly #sink: TrafficSink;
  readonly #redactor: Redactor;
  readonly #tap: Tap;
  /** When each session began, on the sink's clock. */
  readonly #starts = new Map<number, number>();
  /** The last frame of each stream, to which trailing bytes are appended. */
  readonly #latest = new Map<string, NewMessage>();

  constructor(sink: TrafficSink, rules?: UserRules) {
    this.#sink = sink;
    this.#redactor = new Redactor(rules);
    this.#tap = new Tap(this);
  }

  open(start: SessionStart, t: number): number {
    const session = this.#sink.open(this.#redactor.session(start), t);
    this.#starts.set(session, t);
    this.#tap.open(session, start, t);
    return session;
  }

  chunk(session: number, chunk: Chunk): void {
    this.#tap.chunk(session, chunk);
  }

  inject(session: number, t: number, bytes: Uint8Array): void {
    this.#tap.inject(session, t, bytes);
  }

  note(session: number, t: number, text: string): void {
    this.#sink.note(session, t, this.#redactor.text(text));
  }

  close(session: number, t: number, end: SessionEnd, reason: string | undefined): void {
    this.#tap.close(session, t, end, reason);
    this.#sink.note(session, t, redactionNote(this.#redactor));
    this.#sink.close(session, t, end, reason === undefined ? undefined : this.#redactor.text(reason));
    this.#starts.delete(session);
    for (const key of this.#latest.keys()) if (key.startsWith(`${session} `)) this.#latest.delete(key);
  }

  /** What was removed so far. */
  removed(): ReturnType<Redactor['removed']> {
    return this.#redactor.removed();
  }

  /** From the tap. */
  add(message: NewMessage): void {
    const { session, dir, injected } = message;
    this.#latest.set(`${session} ${dir} ${injected ? 1 : 0}`, { ...message, raw: nothing });
    this.#pass(message, this.#redactor.bytes(message));
  }

  /** From the tap: white space after a frame, or garbage that QEMU skips after an error. */
  append(session: number, seq: number, bytes: Uint8Array): void {
    for (const stream of [`${session} c2s 0`, `${session} s2c 0`, `${session} c2s 1`, `${session} s2c 1`]) {
      const message = this.#latest.get(stream);
      if (message?.seq === seq) this.#pass({ ...message, fds: 0 }, this.#redactor.trailer(bytes));
    }
  }

  openSession(): void {
    // Already passed to the sink by `open`.
  }

  updateSession(): void {
    // The sink has a tap of its own.
  }

  #pass({ session, dir, t, fds, injected }: NewMessage, raw: Uint8Array): void {
    const time = (this.#starts.get(session) ?? 0) + t;
    if (injected && dir === 'c2s') this.#sink.inject(session, time, raw);
    else this.#sink.chunk(session, { dir, t: time, bytes: raw, fds });
  }
}

const nothing = new Uint8Array(0);

function redactionNote(redactor: Redactor): string {
  const removed = redactor.removed();
  const list = removed.map(({ what, count }) => `${count} x ${what}`).join(', ');
  return `redacted: ${list === '' ? 'nothing was found' : list}`;
}
