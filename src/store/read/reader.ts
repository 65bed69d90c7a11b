/**
 * Reads a recording, finished or growing. Every call is a short look at the newest state; nothing is
 * kept between calls but names. Knows nothing of how the file came to be readable (`open.ts`).
 */
import { RecordingError } from '../../errors.js';
import type { Message } from '../../recording/message.js';
import type { MessageOutline, MessageRange, RecordingInfo, RecordingReader } from '../../recording/ports.js';
import type { Session } from '../../recording/session.js';
import { readFailure, type Connection, type Statement } from '../disk/database.js';
import { findDamage } from './check.js';
import { copyTables } from './copy.js';
import {
  DamagedRow,
  frameColumns,
  FrameDecoder,
  integer,
  optional,
  text,
  type FrameRow,
} from './frame-decoder.js';
import { Outlines } from './outlines.js';
import { Pages } from './pages.js';
import { decodeSession, type SessionRow } from './session-decoder.js';

/** Where a recording was opened. */
export interface Place {
  /** As the user named it. */
  readonly path: string;
  /** Whether somebody writes it, at this moment. */
  readonly live: () => boolean;
  /** Why a part is missing, as opening found. */
  readonly incomplete: string | undefined;
}

export class StoredRecording implements RecordingReader {
  readonly #db: Connection;
  readonly #place: Place;
  readonly #decoder: FrameDecoder;
  readonly #pages: Pages;
  readonly #outlines: Outlines;
  readonly #sql: ReturnType<typeof prepare>;
  readonly #format: number;
  #seenLive = false;
  #closed = false;

  constructor(db: Connection, place: Place) {
    this.#db = db;
    this.#place = place;
    this.#decoder = new FrameDecoder(db);
    this.#pages = new Pages(db, this.#decoder);
    this.#outlines = new Outlines(db);
    this.#sql = prepare(db);
    this.#format = Number(db.pragma('user_version', { simple: true }));
  }

  get info(): RecordingInfo {
    return this.#guard(() => {
      const row = this.#sql.recording.get() as FrameRow | undefined;
      if (row === undefined) throw new DamagedRow('the row that tells of its making is missing');
      const [createdBy, created, finished, incomplete] = row;
      const live = finished === null && this.#place.live();
      this.#seenLive ||= live;
      const known = this.#place.incomplete ?? optional(incomplete, text);
      return {
        path: this.#place.path,
        format: this.#format,
        createdBy: text(createdBy),
        created: integer(created),
        live,
        incomplete: known ?? (finished === null && !live ? this.#unfinished() : undefined),
      };
    });
  }

  sessions(): readonly Session[] {
    return this.#guard(() => {
      const notes = new Map<unknown, string[]>();
      for (const [session, note] of this.#sql.notes.all() as FrameRow[]) {
        const known = notes.get(session);
        if (known === undefined) notes.set(session, [text(note)]);
        else known.push(text(note));
      }
      return (this.#sql.sessions.all() as SessionRow[]).map((row) =>
        decodeSession(row, notes.get(row['id']) ?? []),
      );
    });
  }

  session(id: number): Session | undefined {
    return this.#guard(() => {
      const row = this.#sql.session.get(id) as SessionRow | undefined;
      const notes = (this.#sql.notesOf.all(id) as FrameRow[]).map(([note]) => text(note));
      return row && decodeSession(row, notes);
    });
  }

  messages(range: MessageRange = {}): Iterable<Message> {
    return this.#pages.read(range, (read) => this.#guard(read));
  }

  outlines(range: MessageRange = {}): Iterable<MessageOutline> {
    const guard = <T>(read: () => T): T => this.#guard(read);
    return this.#outlines.read(range, guard) ?? outlined(this.messages(range));
  }

  message(session: number, seq: number): Message | undefined {
    return this.#guard(() => this.#decode(this.#sql.message.get(session, seq)));
  }

  responseTo(session: number, seq: number): Message | undefined {
    return this.#guard(() => this.#decode(this.#sql.response.get(session, session, seq)));
  }

  count(): number {
    return this.#guard(() => this.#pages.last());
  }

  /** Copies all of it, as of one moment, into a new file that is a finished recording. */
  async copyTo(path: string): Promise<void> {
    await copyTables(this.#db, path);
  }

  /** Gives a line for each thing in the file that is not as it was written. */
  *damage(): Iterable<string> {
    try {
      yield* findDamage(this.#db, this);
    } catch (error) {
      const failure = readFailure(this.#place.path, error);
      if (!(failure instanceof RecordingError)) throw failure;
      yield failure.message;
    }
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#db.close();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  #decode(row: unknown): Message | undefined {
    return row === undefined ? undefined : this.#decoder.decode(row as FrameRow).message;
  }

  #unfinished(): string {
    return this.#seenLive
      ? 'its recorder died; open it again to take in what is left'
      : 'it was not finished, and its journal is not beside it';
  }

  /** Says in one line what is wrong with the file. */
  #guard<T>(read: () => T): T {
    const { path } = this.#place;
    if (this.#closed) throw new RecordingError(`${path}: it was closed already`, { path });
    try {
      return read();
    } catch (error) {
      if (error instanceof DamagedRow) {
        throw new RecordingError(`${path}: ${error.message}; restore the file from a copy`, {
          cause: error,
          path,
        });
      }
      throw readFailure(path, error);
    }
  }
}

function* outlined(messages: Iterable<Message>): Iterable<MessageOutline> {
  for (const message of messages) yield { ...message, size: message.raw.length };
}

function prepare(
  db: Connection,
): Record<'recording' | 'sessions' | 'session' | 'notes' | 'notesOf' | 'message' | 'response', Statement> {
  return {
    recording: db.prepare('SELECT created_by, created, finished, incomplete FROM recording').raw(),
    sessions: db.prepare('SELECT * FROM session ORDER BY id'),
    session: db.prepare('SELECT * FROM session WHERE id = ?'),
    notes: db.prepare('SELECT session, text FROM note ORDER BY session, n').raw(),
    notesOf: db.prepare('SELECT text FROM note WHERE session = ? ORDER BY n').raw(),
    message: db.prepare(`SELECT ${frameColumns} FROM frame WHERE session = ? AND seq = ?`).raw(),
    response: db
      .prepare(
        `SELECT ${frameColumns} FROM frame WHERE session = ? AND seq =
         (SELECT pair FROM frame WHERE session = ? AND seq = ? AND dir = 0)`,
      )
      .raw(),
  };
}
