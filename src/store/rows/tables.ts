/**
 * Whether the tables of a file are those of a recording. A file may come from anybody, and what is a table
 * to us could be a view of its maker's, which never ends or holds all memory. Knows nothing of rows.
 */
import type { Connection } from '../disk/database.js';
import { schema } from './schema.js';

interface Entry {
  readonly type: string;
  readonly name: string;
  readonly sql: string | null;
}

/** As SQLite keeps them in `sqlite_master`. */
const expected = new Set(
  schema
    .trim()
    .split(/;\s*\n/)
    .map((statement) => statement.trim()),
);

/** Columns may have been added by a newer qmptap; they are plain ones, nothing that is computed. */
const markTable = /^CREATE TABLE mark \((?:[\w\s,]|\(\w+(?:, \w+)*\))*\) WITHOUT ROWID$/;
const computed = /\b(?:AS|GENERATED|CHECK|DEFAULT)\b/i;

/**
 * What is not as a recording has it, or undefined. Tables, views and indexes under other names are let be:
 * who looks at a recording with `sqlite3` may add some, and nothing here reads them.
 */
export function foreignTable(db: Connection): string | undefined {
  const entries = db.prepare('SELECT type, name, sql FROM sqlite_master').all() as Entry[];
  const missing = new Set(expected);
  for (const { type, name, sql } of entries) {
    if (sql === null || missing.delete(sql)) continue;
    if (type === 'trigger') return `a trigger, ${name}, that would act by itself`;
    if (/^CREATE\s+VIRTUAL/i.test(sql)) return `${name}, a table that a program makes up`;
    if (name.toLowerCase() === 'mark' && (!markTable.test(sql) || computed.test(sql)))
      return 'a strange table mark';
  }
  const [first] = missing;
  return first === undefined
    ? undefined
    : `no such table as a recording has: ${first.split(/\s*\(|\n/, 1)[0] ?? ''}`;
}
