/**
 * Writes understood messages into a recording's tables. The same messages always give the same rows,
 * so that what a crash left half done can be done again. Commits
 * when it is told to.
 */
import type { Direction } from '../../recording/message.js';
import type { NewMessage, RecordingWriter, SessionUpdate } from '../../recording/ports.js';
import type { SessionStart } from '../../recording/session.js';
import type { Connection, Statement } from '../disk/connect.js';
import { FrameRows, type FrameRowsState } from './frame-rows.js';
import { SessionRows, type SessionState } from './session-rows.js';

/** What a writer remembers, to go on from in another process. Can be cloned structurally. */
export interface WriterState {
  readonly frames: FrameRowsState;
  readonly sessions: SessionState;
}

export class SqliteWriter implements RecordingWriter {
  readonly #db: Connection;
  readonly #frames: FrameRows;
  readonly #sessions: SessionRows;
  readonly #begin: Statement;
  readonly #commit: Statement;

  /** Goes on from a state, or begins in empty tables. */
  constructor(db: Connection, state?: WriterState, arena?: Buffer) {
    this.#db = db;
    this.#frames = new FrameRows(db, state?.frames, arena);
    this.#sessions = new SessionRows(db, state?.sessions);
    this.#begin = db.prepare('BEGIN IMMEDIATE');
    this.#commit = db.prepare('COMMIT');
  }

  /** How many messages there are. */
  get count(): number {
    return this.#frames.count;
  }

  /** The sessions that have no end yet. */
  get openSessions(): readonly number[] {
    return this.#sessions.open;
  }

  openSession(id: number, start: SessionStart): void {
    this.#ensureOpen();
    this.#sessions.begin(id, start);
  }

  add(message: NewMessage): void {
    this.#ensureOpen();
    this.#frames.add(message);
    this.#sessions.count(message.session, 1, message.raw.length);
  }

  append(session: number, seq: number, bytes: Uint8Array): void {
    this.#ensureOpen();
    this.#frames.append(session, seq, bytes);
    this.#sessions.count(session, 0, bytes.length);
  }

  updateSession(id: number, update: SessionUpdate): void {
    this.#ensureOpen();
    this.#sessions.update(id, update);
    if (update.end !== undefined) this.#frames.endSession(id);
  }

  /** Counts bytes of the wire, which the frames of that direction will have to give again. */
  traffic(session: number, dir: Direction, bytes: Uint8Array): void {
    this.#ensureOpen();
    this.#sessions.traffic(session, dir, bytes);
  }

  /** Makes everything so far readable for others, with what `more` adds to the same commit. */
  commit(more?: () => void): void {
    if (more !== undefined) this.#ensureOpen();
    if (!this.#db.inTransaction) return;
    this.#frames.flush();
    this.#sessions.flush();
    more?.();
    this.#commit.run();
  }

  /** What is needed to go on from the end of this commit; only within `commit`'s `more`. */
  save(): WriterState {
    return { frames: this.#frames.save(), sessions: this.#sessions.save() };
  }

  #ensureOpen(): void {
    if (!this.#db.inTransaction) this.#begin.run();
  }
}

/** Takes back what was written after a state was saved, except that commands keep their answers. */
export function rollBack(db: Connection, state: WriterState | undefined): void {
  const last = state?.frames.last ?? 0;
  const lastSession = state?.sessions.last ?? 0;
  db.prepare('DELETE FROM frame WHERE n > ?').run(last);
  db.prepare('DELETE FROM part WHERE n > ?').run(last);
  // The same bytes may come in other pieces now.
  const laterParts = db.prepare('DELETE FROM part WHERE n = ? AND part >= ?');
  for (const { n, parts } of state?.frames.tails ?? []) laterParts.run(n, parts);
  db.prepare('DELETE FROM session WHERE id > ?').run(lastSession);
  db.prepare('DELETE FROM note WHERE session > ?').run(lastSession);
}
