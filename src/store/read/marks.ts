/** Marks and notes, kept in the recording's own file. */
import { realpathSync } from 'node:fs';
import { OutputError, QmptapError, RecordingError } from '../../errors.js';
import type { Mark, MarkKeeper } from '../../recording/marks.js';
import type { MessageRef } from '../../recording/message.js';
import type { Connection } from '../disk/connect.js';
import { closeAsOneFile, openEditor, openReadOnly, openWriter } from '../disk/database.js';
import { codeOf, reasonOf } from '../disk/files.js';
import { checkBeside } from '../disk/sidecar-files.js';
import { isFull, readFailure } from '../disk/sqlite-error.js';
import { whoMayReplace } from '../disk/trust.js';
import { mark as markOfFormat1 } from '../format/format-1.js';
import { lookAt, type Looked } from '../format/look.js';
import { formatOf } from '../format/migrate.js';

/** Longer than the recorder keeps the file to itself at once. */
const patience = 5_000;

/** The marks of the recording at a path. The file is open only while marks are read or written. */
export class StoredMarks implements MarkKeeper {
  readonly #path: string;

  constructor(path: string) {
    this.#path = path;
  }

  /** @throws RecordingError if the file cannot be read */
  marks(): readonly Mark[] {
    const path = this.#path;
    try {
      const { file } = this.#look();
      const db = openReadOnly(file);
      try {
        formatOf(db, path);
        return readMarks(db);
      } finally {
        db.close();
      }
    } catch (error) {
      throw readFailure(path, error);
    }
  }

  put(mark: Mark): void {
    this.putAll([mark]);
  }

  /** All of them or none. */
  putAll(marks: readonly Mark[]): void {
    this.#write((db, format) => {
      // A recording of format 1 stays one, so that an older qmptap can still read it.
      if (format === 1 && !hasTable(db)) db.exec(markOfFormat1);
      const columns = format === 1 ? 'session, seq, note' : 'session, seq, note, made';
      const values = format === 1 ? '?, ?, ?' : `?, ?, ?, ${Date.now() * 1000}`;
      const put = db.prepare(`INSERT OR REPLACE INTO mark (${columns}) VALUES (${values})`);
      for (const { session, seq, note } of marks) put.run(session, seq, note ?? null);
    });
  }

  remove({ session, seq }: MessageRef): void {
    this.#write((db) => {
      if (hasTable(db)) db.prepare('DELETE FROM mark WHERE session = ? AND seq = ?').run(session, seq);
    });
  }

  #write(act: (db: Connection, format: number) => void): void {
    const path = this.#path;
    try {
      const { file, hasLog, isEmpty } = this.#look();
      if (isEmpty) throw begun(path);
      this.#refuseUnlessOurs(file);
      const db = hasLog ? openWriter(file, true, patience) : openEditor(file, patience);
      try {
        db.transaction(() => {
          const { state, format } = formatOf(db, path);
          // The recorder that makes its tables must find it empty.
          if (state === 'empty') throw begun(path);
          act(db, format);
        }).immediate();
      } catch (error) {
        db.close();
        throw error;
      }
      if (hasLog) db.close();
      else closeAsOneFile(db);
    } catch (error) {
      throw cannotKeep(path, error);
    }
  }

  /** Whether SQLite may open it, and whether somebody writes it, or did until it crashed. */
  #look(): { readonly file: string; readonly hasLog: boolean; readonly isEmpty: boolean } {
    const path = this.#path;
    const file = realpathSync(path);
    checkBeside(path);
    const looked: Looked | undefined = lookAt(path, file);
    const isEmpty = looked?.is === 'empty' && !looked.hasLog;
    return { file, hasLog: looked?.hasLog ?? hasLog(file), isEmpty };
  }

  #refuseUnlessOurs(file: string): void {
    const others = whoMayReplace(file);
    if (others === undefined) return;
    const reason = `the mark cannot be kept: ${others}, who could put another file there meanwhile`;
    const remedy = 'copy the recording to a folder of your own, or run this as that user';
    throw new OutputError({ reason, remedy }, { path: this.#path, code: 'UNSAFE' });
  }
}

/** Of a file that this process has open. */
function hasLog(file: string): boolean {
  const db = openReadOnly(file);
  try {
    return db.pragma('journal_mode', { simple: true }) === 'wal';
  } finally {
    db.close();
  }
}

function hasTable(db: Connection): boolean {
  return db.prepare("SELECT 1 FROM sqlite_master WHERE name = 'mark'").get() !== undefined;
}

/** All marks of a recording, in the order of its messages. @throws SQLite's error */
export function readMarks(db: Connection): readonly Mark[] {
  if (!hasTable(db)) return [];
  const rows = db.prepare('SELECT session, seq, note FROM mark ORDER BY session, seq').all();
  return (rows as Record<string, unknown>[]).map(({ session, seq, note }) => ({
    session: Number(session),
    seq: Number(seq),
    note: typeof note === 'string' ? note : undefined,
  }));
}

function begun(path: string): OutputError {
  return new OutputError({ reason: 'it has only just begun', remedy: 'try again' }, { path, code: 'IN_USE' });
}

function cannotKeep(path: string, error: unknown): unknown {
  if (error instanceof RecordingError) {
    const { reason, remedy } = error;
    return new OutputError({ reason: `the mark cannot be kept: ${reason}`, remedy }, { cause: error, path });
  }
  if (error instanceof QmptapError || codeOf(error) === undefined) return error;
  if (codeOf(error) === 'ENOENT')
    return new RecordingError({ reason: 'no such file' }, { path, code: 'MISSING' });
  const reason = `the mark cannot be kept: ${reasonOf(error)}`;
  return new OutputError({ reason }, { cause: error, path, code: isFull(error) ? 'NO_SPACE' : 'OUTPUT' });
}
