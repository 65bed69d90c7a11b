/**
 * Whether the schema of a file is, statement by statement, that of a recording. A file may come from anybody, and
 * what SQLite finds in a schema it may run: expressions of indexes and columns, triggers, views that never end.
 */
import * as one from './format-1.js';
import * as two from './format-2.js';

/** A row of the table `sqlite_schema`. */
export interface SchemaEntry {
  readonly type: unknown;
  readonly name: unknown;
  readonly table: unknown;
  readonly root: unknown;
  readonly sql: unknown;
}

/** What a format has, and what it may have. */
interface Statements {
  readonly all: readonly string[];
  readonly optional: readonly string[];
}

const formats: readonly Statements[] = [
  { all: one.format1, optional: [one.mark] },
  { all: two.format2, optional: [] },
];

/** The format that is written. */
export const newestFormat = formats.length;

/** SQLite makes these by itself, for the UNIQUE in those tables. */
const automatic: readonly SchemaEntry[] = ['name', 'body'].map((table) => ({
  ...{ type: 'index', name: `sqlite_autoindex_${table}_1`, table, root: undefined, sql: null },
}));

/**
 * What is not as a recording of this format has it, or undefined. Nothing else is let be: a table or an index of
 * somebody's own is as harmless as it looks only until it is looked at.
 */
export function foreignEntry(entries: readonly SchemaEntry[], format: number): string | undefined {
  const statements = formats[format - 1];
  if (statements === undefined) return `format ${format}`;
  const missing = new Map(statements.all.map((sql) => [keyOf(entryOf(sql)), sql]));
  const allowed = new Set([...statements.optional.map(entryOf), ...automatic].map(keyOf));
  const roots = new Set<unknown>();
  for (const entry of entries) {
    const key = keyOf(entry);
    if (!missing.delete(key) && !allowed.delete(key)) return `${said(entry.type)} ${said(entry.name)}`;
    if (entry.type === 'view' ? entry.root !== 0 : !isPage(entry.root) || roots.has(entry.root)) {
      return `no place for ${said(entry.name)}`;
    }
    roots.add(entry.root);
  }
  const [lacking] = missing.values();
  return lacking === undefined ? undefined : `no ${namedIn(lacking).join(' ')}`;
}

function isPage(root: unknown): boolean {
  return typeof root === 'number' && Number.isSafeInteger(root) && root > 1;
}

/** The row that SQLite keeps of a statement. */
function entryOf(sql: string): SchemaEntry {
  const [type, name] = namedIn(sql);
  return { type, name, table: / ON (\w+) /.exec(sql)?.[1] ?? name, root: undefined, sql };
}

function namedIn(sql: string): [type: string, name: string] {
  const [, type = '', name = ''] = /^CREATE (?:UNIQUE )?(TABLE|INDEX|VIEW) (\w+)/.exec(sql) ?? [];
  return [type.toLowerCase(), name];
}

/** All of an entry but where its rows lie. */
function keyOf({ type, name, table, sql }: SchemaEntry): string {
  return JSON.stringify([type, name, table, sql]);
}

/** Of a file that may be anybody's. */
function said(value: unknown): string {
  return typeof value === 'string' ? value.slice(0, 80) : 'without a name';
}
