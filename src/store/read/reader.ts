/**
 * Reads a recording, finished or growing. Every call is a short look at the newest state; nothing is
 * kept between calls but names.
 */
import { basename } from 'node:path';
import { RecordingError } from '../../errors.js';
import type { Mark } from '../../recording/marks.js';
import type { Message } from '../../recording/message.js';
import type { MessageOutline, MessageRange, RecordingInfo, RecordingReader } from '../../recording/ports.js';
import type { Session } from '../../recording/session.js';
import type { Connection, Statement } from '../disk/connect.js';
import { filesBeside } from '../disk/sidecar-files.js';
import { readFailure } from '../disk/sqlite-error.js';
import { readRecordingRow } from '../format/recording-row.js';
import { findDamage } from './check.js';
import { DamagedRow, frameColumns, FrameDecoder, readText, type FrameRow } from './frame-decoder.js';
import { readMarks } from './marks.js';
import { Outlines } from './outlines.js';
import { Pages } from './pages.js';
import { decodeSession, type SessionRow } from './session-decoder.js';

/** Where a recording was opened. */
export interface OpenedFile {
  /** As the user named it. */
  readonly path: string;
  /** Whether somebody writes it, at this moment. */
  readonly live: () => boolean;
  /** Why a part is missing, as opening found. */
  readonly incomplete: string | undefined;
}

/** Copies what a connection reads into a new file. */
export type Copy = (db: Connection, place: OpenedFile, to: string) => void;

export class StoredRecording implements RecordingReader {
  readonly #db: Connection;
  readonly #place: OpenedFile;
  readonly #decoder: FrameDecoder;
  readonly #pages: Pages;
  readonly #outlines: Outlines;
  readonly #sql: ReturnType<typeof prepare>;
  readonly #format: number;
  readonly #copy: Copy;
  #seenLive = false;
  #closed = false;

  /** `copy` makes one file of it. */
  constructor(db: Connection, place: OpenedFile, copy: Copy) {
    this.#db = db;
    this.#copy = copy;
    this.#place = place;
    this.#decoder = new FrameDecoder(db);
    this.#pages = new Pages(db, this.#decoder, basename(place.path));
    this.#outlines = new Outlines(db);
    this.#sql = prepare(db);
    this.#format = Number(db.pragma('user_version', { simple: true }));
  }

  get info(): RecordingInfo {
    return this.#guard(() => {
      const row = readRecordingRow(this.#db);
      if (row === undefined) throw new DamagedRow('the row that tells of its making is missing');
      const { createdBy, series, created, state } = row;
      const live = state !== 'finished' && this.#place.live();
      this.#seenLive ||= live;
      const known = this.#place.incomplete ?? row.incomplete;
      const incomplete = known ?? (state !== 'finished' && !live ? this.#unfinished() : undefined);
      const missing = known === undefined ? 'journal-missing' : 'journal-damaged';
      const loss = row.loss ?? (incomplete === undefined ? undefined : missing);
      return {
        path: this.#place.path,
        format: this.#format,
        createdBy,
        series,
        created,
        live,
        ...(live ? { filesBeside: filesBeside(this.#place.path) } : {}),
        incomplete,
        loss,
      };
    });
  }

  sessions(): readonly Session[] {
    return this.#guard(() => {
      const notes = new Map<unknown, string[]>();
      for (const [session, note] of this.#sql.notes.all() as FrameRow[]) {
        const known = notes.get(session);
        if (known === undefined) notes.set(session, [readText(note)]);
        else known.push(readText(note));
      }
      return (this.#sql.sessions.all() as SessionRow[]).map((row) =>
        decodeSession(row, notes.get(row['id']) ?? []),
      );
    });
  }

  session(id: number): Session | undefined {
    return this.#guard(() => {
      const row = this.#sql.session.get(id) as SessionRow | undefined;
      const notes = (this.#sql.notesOf.all(id) as FrameRow[]).map(([note]) => readText(note));
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

  marks(): readonly Mark[] {
    return this.#guard(() => readMarks(this.#db));
  }

  count(): number {
    return this.#guard(() => this.#pages.last());
  }

  /** Copies all of it, as of one moment, into a new file that is a finished recording. */
  async copyTo(path: string): Promise<void> {
    await Promise.resolve();
    this.#guard(() => {
      this.#copy(this.#db, this.#place, path);
    });
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
      ? 'its recorder died; open it again to recover the rest'
      : 'it was not finished, and its journal is not beside it';
  }

  /** Says in one line what is wrong with the file. */
  #guard<T>(read: () => T): T {
    const { path } = this.#place;
    if (this.#closed) throw new RecordingError({ reason: 'it was closed already' }, { path });
    try {
      return read();
    } catch (error) {
      if (error instanceof DamagedRow) {
        throw new RecordingError(
          { reason: error.message, remedy: 'restore the file from a copy' },
          { cause: error, path, code: 'DAMAGED' },
        );
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
): Record<'sessions' | 'session' | 'notes' | 'notesOf' | 'message' | 'response', Statement> {
  return {
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
