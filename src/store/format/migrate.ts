/** Makes the tables of a recording, and brings those of an older format to the one of today, step by step. */
import type { Connection } from '../disk/connect.js';
import { applicationId } from './format-2.js';
import { foreignEntry, type SchemaEntry } from './foreign.js';
import { refusal } from './page-one.js';
import { format1, readFormat1 } from './format-1.js';
import * as two from './format-2.js';

/** Brings a database from one format to the next. */
export type Migration = (db: Connection) => void;

/** Step `i` leads from format `i` to `i + 1`; an empty file has format 0. Only append: what it leads to is written. */
export const migrations: readonly Migration[] = [(db) => db.exec(format1.join(';\n')), fromFormat1];

/** `empty`: nothing was ever written into it. `old`: can be read as it is. */
export interface Format {
  readonly state: 'empty' | 'old' | 'current';
  readonly format: number;
}

/**
 * Reads which format a file has.
 * @throws RecordingError if it is none of ours or from a newer qmptap
 */
export function formatOf(db: Connection, path: string, steps: readonly Migration[] = migrations): Format {
  // All of it as of one moment: its writer may be making it just now.
  return db.transaction(() => readFormat(db, path, steps))();
}

function readFormat(db: Connection, path: string, steps: readonly Migration[]): Format {
  const id = db.pragma('application_id', { simple: true });
  const format = Number(db.pragma('user_version', { simple: true }));
  if (id === 0 && format === 0 && db.prepare('SELECT 1 FROM sqlite_master').get() === undefined) {
    return { state: 'empty', format: 0 };
  }
  if (id !== applicationId) throw refusal(path, { is: 'another program’s' });
  if (format > steps.length) throw refusal(path, { is: 'newer', format }, steps.length);
  const foreign = steps === migrations ? foreignEntry(entriesOf(db), format) : undefined;
  if (foreign !== undefined) throw refusal(path, { is: 'foreign', what: foreign });
  return { state: format < steps.length ? 'old' : 'current', format };
}

function entriesOf(db: Connection): readonly SchemaEntry[] {
  return db
    .prepare('SELECT type, name, tbl_name AS "table", rootpage AS root, sql FROM sqlite_master')
    .all() as SchemaEntry[];
}

/**
 * Runs the steps that are missing, all or none of them.
 * @throws RecordingError like {@link formatOf}
 */
export function migrate(db: Connection, path: string, steps: readonly Migration[] = migrations): void {
  const run = db.transaction(() => {
    const { state, format } = formatOf(db, path, steps);
    if (state === 'current') return;
    if (state === 'empty' && steps === migrations) db.exec(two.format2.join(';\n'));
    else for (const step of steps.slice(format)) step(db);
    db.pragma(`application_id = ${applicationId}`);
    db.pragma(`user_version = ${steps.length}`);
  });
  run.immediate();
}

/** Of a row of format 1. */
interface Recording1 {
  readonly created_by: string;
  readonly finished: number | null;
  readonly incomplete: string | null;
}

/** The tables are made anew, so that their statements are those of a new file. */
function fromFormat1(db: Connection): void {
  const row = db.prepare('SELECT * FROM recording').get() as Recording1 | undefined;
  const hasMarks = db.prepare("SELECT 1 FROM sqlite_master WHERE name = 'mark'").get() !== undefined;
  db.exec(`
    CREATE TEMP TABLE old_recording AS SELECT * FROM main.recording;
    CREATE TEMP TABLE old_checkpoint AS SELECT * FROM main.checkpoint;
    CREATE TEMP TABLE old_mark (session, seq, note);
    ${hasMarks ? 'INSERT INTO old_mark SELECT session, seq, note FROM main.mark; DROP TABLE main.mark;' : ''}
    DROP VIEW main.message; DROP TABLE main.recording; DROP TABLE main.checkpoint;
    ${[two.recording, two.checkpoint, two.mark, two.message].join(';\n')};
    INSERT INTO main.recording (id, uuid, created_by, created, finished, state, incomplete)
      SELECT id, uuid, created_by, created, finished, 'recording', incomplete FROM old_recording;
    INSERT INTO main.checkpoint SELECT * FROM old_checkpoint;
    INSERT INTO main.mark (session, seq, note) SELECT session, seq, note FROM old_mark;
    DROP TABLE temp.old_recording; DROP TABLE temp.old_checkpoint; DROP TABLE temp.old_mark`);
  if (row === undefined) return;
  const told = readFormat1(row.created_by, row.finished, row.incomplete);
  db.prepare('UPDATE recording SET created_by = ?, series = ?, state = ?, loss = ?, incomplete = ?').run(
    ...[told.createdBy, told.series ?? null, told.state, told.loss ?? null, told.incomplete ?? null],
  );
}
