/**
 * Writes a recording of messages that are understood already: an import, a redacted copy, a script's.
 * It appears under its name when it is whole, and not at all otherwise. Knows nothing of live traffic.
 */
import { randomBytes } from 'node:crypto';
import { closeSync, fsyncSync, linkSync, openSync, renameSync, rmSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import Database from 'better-sqlite3';
import type { Direction } from '../recording/message.js';
import type { NewMessage, RecordingWriter, SessionUpdate } from '../recording/ports.js';
import type { SessionStart } from '../recording/session.js';
import type { Connection } from './database.js';
import { createEmptyFile, createFolder, isThere } from './files.js';
import { recordingIdLength } from './journal-format.js';
import { migrate } from './migrate.js';
import { alreadyExists, cannotWrite } from './output-failure.js';
import { SqliteWriter } from './writer.js';

export interface RecordingFileOptions {
  /** `qmptap 0.1.0`. */
  readonly createdBy: string;
  /** Wall clock, microseconds since 1970. */
  readonly created: number;
  /** Replaces a file of this name. */
  readonly force?: boolean | undefined;
  /** Why it is known not to hold everything, as of the recording that it was made from. */
  readonly incomplete?: string | undefined;
}

/** Messages to a commit. */
const batch = 10_000;

export class RecordingFile implements RecordingWriter, Disposable {
  readonly #path: string;
  readonly #file: string;
  readonly #draft: string;
  readonly #options: RecordingFileOptions;
  readonly #db: Connection;
  readonly #writer: SqliteWriter;
  /** The direction of the last frames, by session and `seq`. */
  readonly #last = new Map<number, Partial<Record<Direction, number>>>();
  #waiting = 0;
  #done = false;

  /**
   * Begins a recording in a draft beside `path`.
   * @throws OutputError if it cannot be written or exists already
   */
  constructor(path: string, options: RecordingFileOptions) {
    this.#path = path;
    this.#options = options;
    this.#file = resolve(path);
    if (options.force !== true && isThere(this.#file)) throw alreadyExists(path);
    this.#draft = join(dirname(this.#file), `.${basename(this.#file)}-${randomBytes(4).toString('hex')}`);
    try {
      createFolder(dirname(this.#file));
      createEmptyFile(this.#draft);
    } catch (error) {
      throw cannotWrite(path, error);
    }
    try {
      this.#db = openDraft(this.#draft, options);
    } catch (error) {
      rmSync(this.#draft, { force: true });
      throw cannotWrite(path, error);
    }
    this.#writer = new SqliteWriter(this.#db);
  }

  openSession(id: number, start: SessionStart): void {
    this.#try(() => {
      this.#writer.openSession(id, start);
      this.#last.set(id, {});
    });
  }

  add(message: NewMessage): void {
    const { session, seq, dir, raw } = message;
    this.#try(() => {
      this.#writer.add(message);
      if (dir === 's2c' || !message.injected) this.#writer.traffic(session, dir, raw);
      const last = this.#last.get(session);
      if (last !== undefined) last[dir] = seq;
      if (++this.#waiting < batch) return;
      this.#waiting = 0;
      this.#writer.commit();
    });
  }

  append(session: number, seq: number, bytes: Uint8Array): void {
    this.#try(() => {
      this.#writer.append(session, seq, bytes);
      const dir = this.#last.get(session)?.c2s === seq ? 'c2s' : 's2c';
      this.#writer.traffic(session, dir, bytes);
    });
  }

  updateSession(id: number, update: SessionUpdate): void {
    this.#try(() => {
      this.#writer.updateSession(id, update);
      if (update.end !== undefined) this.#last.delete(id);
    });
  }

  /**
   * Gives the file its name; returns how many messages are in it.
   * @throws OutputError
   */
  finish(): number {
    this.#try(() => {
      const { created, incomplete } = this.#options;
      this.#writer.commit(() => {
        this.#db
          .prepare('UPDATE recording SET finished = ?, incomplete = ?')
          .run(created, incomplete ?? null);
      });
      this.#db.close();
      synchronise(this.#draft);
      if (this.#options.force === true) renameSync(this.#draft, this.#file);
      else linkSync(this.#draft, this.#file);
    });
    this.#done = true;
    rmSync(this.#draft, { force: true });
    return this.#writer.count;
  }

  /** Leaves nothing behind, unless it was finished. */
  abandon(): void {
    if (this.#done) return;
    this.#done = true;
    this.#db.close();
    for (const ending of ['', '-journal']) rmSync(this.#draft + ending, { force: true });
  }

  [Symbol.dispose](): void {
    this.abandon();
  }

  #try(action: () => void): void {
    try {
      action();
    } catch (error) {
      this.abandon();
      throw cannotWrite(this.#path, error);
    }
  }
}

/** Nobody reads a draft, and one that was cut off is thrown away: nothing in it needs to be safe before its end. */
function openDraft(draft: string, options: RecordingFileOptions): Connection {
  const db = new Database(draft, { fileMustExist: true });
  try {
    db.pragma('page_size = 8192');
    db.pragma('journal_mode = OFF');
    db.pragma('synchronous = OFF');
    migrate(db, draft);
    db.prepare('INSERT INTO recording (id, uuid, created_by, created) VALUES (1, ?, ?, ?)').run(
      randomBytes(recordingIdLength),
      options.createdBy,
      options.created,
    );
    return db;
  } catch (error) {
    db.close();
    throw error;
  }
}

function synchronise(path: string): void {
  const file = openSync(path, 'r+');
  fsyncSync(file);
  closeSync(file);
}
