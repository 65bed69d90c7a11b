/**
 * Brings a recording from the format it was written in to the one of today, step by step.
 * Knows nothing of how rows are used.
 */
import { RecordingError } from '../../errors.js';
import type { Connection } from '../disk/database.js';
import { applicationId, schema } from './schema.js';
import { foreignTable } from './tables.js';

/** Brings a database from one format to the next. */
export type Migration = (db: Connection) => void;

/** Step `i` leads from format `i` to `i + 1`; an empty file has format 0. Only append: what it leads to is written. */
export const migrations: readonly Migration[] = [
  (db) => {
    db.exec(schema);
  },
];

/** `empty`: nothing was ever written into it. */
export type Format = { readonly state: 'empty' | 'old' | 'current'; readonly format: number };

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
  if (id !== applicationId) {
    throw new RecordingError(`${path}: it is no recording, but another program's database`, { path });
  }
  if (format > steps.length) {
    throw new RecordingError(
      `${path}: it was made by a newer qmptap (format ${format}, this one knows ${steps.length}); please update`,
      { path },
    );
  }
  if (format < steps.length) return { state: 'old', format };
  const foreign = steps === migrations ? foreignTable(db) : undefined;
  if (foreign !== undefined) {
    throw new RecordingError(`${path}: it is not as qmptap makes a recording: it has ${foreign}`, { path });
  }
  return { state: 'current', format };
}

/**
 * Runs the steps that are missing, all or none of them.
 * @throws RecordingError like {@link formatOf}
 */
export function migrate(db: Connection, path: string, steps: readonly Migration[] = migrations): void {
  const run = db.transaction(() => {
    const { format } = formatOf(db, path, steps);
    for (const step of steps.slice(format)) step(db);
    db.pragma(`application_id = ${applicationId}`);
    db.pragma(`user_version = ${steps.length}`);
  });
  run.immediate();
}
