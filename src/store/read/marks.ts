/**
 * Marks and notes, kept in the recording's own file. The table is made with the first mark, so that a
 * recording which nobody has marked stays as its recorder left it. Knows nothing of what is marked.
 */
import Database from 'better-sqlite3';
import { OutputError, QmptapError } from '../../errors.js';
import type { Mark, MarkKeeper } from '../../recording/marks.js';
import type { MessageRef } from '../../recording/message.js';
import { checkBeside } from '../disk/sidecar-files.js';
import { type Connection, readFailure } from '../disk/database.js';
import { codeOf, reasonOf } from '../disk/files.js';
import { formatOf } from '../rows/migrate.js';

/** Changed only by adding columns: a recording may have it, and any other format, in any combination. */
const table = `
CREATE TABLE IF NOT EXISTS mark (
  session INTEGER NOT NULL,
  seq INTEGER NOT NULL,
  note TEXT,
  PRIMARY KEY (session, seq)
) WITHOUT ROWID`;

/** Longer than the recorder keeps the file to itself at once. */
const patience = 5_000;

/** The marks of the recording at a path, which is only held open while something is read or written. */
export class StoredMarks implements MarkKeeper {
  readonly #path: string;

  constructor(path: string) {
    this.#path = path;
  }

  /** @throws RecordingError if the file cannot be read */
  marks(): readonly Mark[] {
    try {
      return this.#with(true, (db) => {
        if (db.prepare("SELECT 1 FROM sqlite_master WHERE name = 'mark'").get() === undefined) return [];
        const rows = db.prepare('SELECT session, seq, note FROM mark ORDER BY session, seq').all();
        return (rows as Record<string, unknown>[]).map(({ session, seq, note }) => ({
          session: Number(session),
          seq: Number(seq),
          note: typeof note === 'string' ? note : undefined,
        }));
      });
    } catch (error) {
      throw readFailure(this.#path, error);
    }
  }

  put(mark: Mark): void {
    this.putAll([mark]);
  }

  /** All of them or none. */
  putAll(marks: readonly Mark[]): void {
    this.#write((db) => {
      db.exec(table);
      const put = db.prepare('INSERT OR REPLACE INTO mark VALUES (?, ?, ?)');
      for (const { session, seq, note } of marks) put.run(session, seq, note ?? null);
    });
  }

  remove({ session, seq }: MessageRef): void {
    this.#write((db) => {
      db.exec(table);
      db.prepare('DELETE FROM mark WHERE session = ? AND seq = ?').run(session, seq);
    });
  }

  #write(act: (db: Connection) => void): void {
    try {
      this.#with(false, (db) => {
        db.transaction(() => {
          const { state } = formatOf(db, this.#path);
          // Whoever makes its tables must find it empty.
          if (state === 'empty')
            throw new OutputError(`${this.#path}: it has only just begun`, { path: this.#path });
          act(db);
        }).immediate();
      });
    } catch (error) {
      if (codeOf(error) === undefined || error instanceof QmptapError) throw error;
      const path = this.#path;
      throw new OutputError(`${path}: the mark cannot be kept: ${reasonOf(error)}`, { cause: error, path });
    }
  }

  #with<T>(readonly: boolean, act: (db: Connection) => T): T {
    checkBeside(this.#path);
    const db = new Database(this.#path, { readonly, fileMustExist: true, timeout: patience });
    try {
      db.pragma('trusted_schema = OFF');
      return act(db);
    } finally {
      db.close();
    }
  }
}
