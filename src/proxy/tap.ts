/**
 * The tap: raw chunks of all sessions in, recorded messages out. Frames, classifies and pairs. Never fails on what
 * a peer sent. The same bytes give the same messages, however they are split.
 */
import type { CorrelatorState } from '../qmp/correlate.js';
import type { Chunk, RecordingWriter } from '../recording/ports.js';
import type { SessionEnd, SessionStart } from '../recording/session.js';
import { SessionTap, type SessionTapState } from './session-tap.js';

/** All that a tap remembers between chunks. Can be cloned structurally. */
export interface TapState {
  readonly sessions: readonly SessionTapState[];
  /** Commands whose client went before their response came. */
  readonly orphans: CorrelatorState['orphans'];
}

/** A response for a client that has left comes to the next client or never; no more than this are kept. */
const maximumOrphans = 64;

export class Tap {
  readonly #writer: RecordingWriter;
  readonly #sessions = new Map<number, SessionTap>();
  #orphans: CorrelatorState['orphans'];

  constructor(writer: RecordingWriter, state: TapState = { sessions: [], orphans: [] }) {
    this.#writer = writer;
    this.#orphans = state.orphans;
    for (const one of state.sessions) this.#sessions.set(one.id, new SessionTap(writer, one));
  }

  /** `t`, here and below, is nanoseconds of one monotonic clock. */
  open(session: number, start: SessionStart, t: number): void {
    this.#writer.openSession(session, start);
    const correlator: CorrelatorState = { awaiting: [], orphans: this.#orphans };
    this.#orphans = [];
    this.#sessions.set(
      session,
      new SessionTap(this.#writer, { id: session, start: t, dialect: start.dialect, correlator }),
    );
  }

  chunk(session: number, chunk: Chunk): void {
    this.#sessions.get(session)?.chunk(chunk);
  }

  /** A whole command that qmptap's user sent into the session. */
  inject(session: number, t: number, bytes: Uint8Array): void {
    this.#sessions.get(session)?.inject(t, bytes);
  }

  note(session: number, _t: number, text: string): void {
    this.#writer.updateSession(session, { note: text });
  }

  close(session: number, t: number, end: SessionEnd, reason: string | undefined): void {
    const tap = this.#sessions.get(session);
    if (tap === undefined) return;
    this.#sessions.delete(session);
    this.#orphans = [...this.#orphans, ...tap.close(t, end, reason)].slice(-maximumOrphans);
  }

  /** Ends the sessions that have no end, as after a crash. */
  cutOff(): void {
    for (const [session, tap] of this.#sessions) this.close(session, tap.latest, 'cut-off', undefined);
  }

  /** Everything needed to go on from here in another process. */
  save(): TapState {
    return { sessions: [...this.#sessions.values()].map((tap) => tap.save()), orphans: this.#orphans };
  }
}
