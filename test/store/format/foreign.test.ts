/**
 * A stranger's file is looked at only if its schema is, statement by statement, that of a recording: nothing of it is
 * run, and nothing waits for it. Each file is opened and marked in a process of its own, which must come to its end.
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { openSqlite } from '../../../src/store/disk/sqlite.js';
import { openRecording } from '../../../src/store/index/open.js';
import { testFolder } from '../../support/folder.js';
import { start } from '../../support/process.js';
import { recordingFile } from '../../support/recording-file.js';

/** Would take years. */
const endless = '(WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c) SELECT count(*) FROM c)';
/** Stands for what takes as long: it is run here once, when the file is made. */
const slow = 'length(hex(zeroblob(1000)))';

/** What is done to a recording of format 2, and what it is refused for. */
const schemas: readonly (readonly [name: string, sql: string, why: RegExp])[] = [
  ['an index on an expression', `CREATE INDEX i ON frame (${slow})`, /index i/],
  ['an index with an expression for a condition', `CREATE INDEX i ON frame (n) WHERE ${slow} > 1`, /index i/],
  ['a plain index', 'CREATE INDEX i ON frame (latency)', /index i/],
  ['a plain table', 'CREATE TABLE mine (x)', /table mine/],
  ['a trigger', 'CREATE TRIGGER t AFTER UPDATE ON recording BEGIN DELETE FROM frame; END', /trigger t/],
  ['a trigger on marks', 'CREATE TRIGGER t BEFORE INSERT ON mark BEGIN DELETE FROM frame; END', /trigger t/],
  ['a view', `CREATE VIEW v AS SELECT ${endless}`, /view v/],
  [
    'a view in place of a table',
    `ALTER TABLE frame RENAME TO f; CREATE VIEW frame AS SELECT ${endless} n`,
    /view message|table f|view frame/,
  ],
  [
    'a view in place of marks',
    `DROP VIEW message; DROP TABLE mark; CREATE VIEW mark AS SELECT ${endless} AS session`,
    /view mark/,
  ],
  [
    'another view message',
    `DROP VIEW message; CREATE VIEW message AS SELECT ${endless} AS n`,
    /view message/,
  ],
  ['a virtual table', 'CREATE VIRTUAL TABLE v USING fts5(x)', /table v/],
  ['a virtual table, spelled oddly', 'cReAtE /**/ vIrTuAl /**/ tAbLe v uSiNg fts4(x)', /table v/],
  ['an r-tree', 'CREATE VIRTUAL TABLE v USING rtree(a, b, c)', /table v/],
  ['a column that is computed', `ALTER TABLE session ADD COLUMN x AS (${slow})`, /table session/],
  ['a default that is computed', "ALTER TABLE session ADD COLUMN x DEFAULT 'x'", /table session/],
  [
    'a check',
    `DROP VIEW message; DROP TABLE mark; CREATE TABLE mark (session, seq, note CHECK (${slow} > 1), made)`,
    /table mark/,
  ],
  [
    'another collation',
    'DROP VIEW message; DROP TABLE mark; CREATE TABLE mark (session, seq, note COLLATE NOCASE, made)',
    /table mark/,
  ],
  [
    'a foreign key',
    'DROP VIEW message; DROP TABLE mark; CREATE TABLE mark (session REFERENCES session, seq, note, made)',
    /table mark/,
  ],
  ['statistics', 'ANALYZE', /table sqlite_stat1/],
  ['a table less', 'DROP TABLE checkpoint', /no table checkpoint/],
  ['an index less', 'DROP INDEX frame_flags', /no index frame_flags/],
  [
    'marks of format 1',
    'DROP VIEW message; DROP TABLE mark; CREATE TABLE mark (session, seq, note)',
    /table mark/,
  ],
];

/** By a schema that is written, as no statement would make it. */
const written: readonly (readonly [name: string, sql: string, why: RegExp])[] = [
  [
    'statistics that are computed',
    `INSERT INTO sqlite_master VALUES ('table', 'sqlite_stat1', 'sqlite_stat1', 3, 'CREATE TABLE sqlite_stat1(tbl, idx, stat AS (${slow}))')`,
    /table sqlite_stat1/,
  ],
  ['a name twice', "INSERT INTO sqlite_master SELECT * FROM sqlite_master WHERE name = 'note'", /table note/],
  ['two tables in one place', "UPDATE sqlite_master SET rootpage = 3 WHERE name = 'frame'", /no place for/],
  [
    'a table in the schema itself',
    "UPDATE sqlite_master SET rootpage = 1 WHERE name = 'frame'",
    /no place for frame/,
  ],
  [
    'a table without a place',
    "UPDATE sqlite_master SET rootpage = 0 WHERE name = 'frame'",
    /no place for frame/,
  ],
  [
    'a name that is none',
    "UPDATE sqlite_master SET name = x'00' WHERE name = 'frame'",
    /a schema that does not fit|table/,
  ],
  [
    'an index of another table',
    "UPDATE sqlite_master SET tbl_name = 'note' WHERE name = 'frame_name'",
    /index frame_name/,
  ],
  [
    'an automatic index with a statement',
    "UPDATE sqlite_master SET sql = 'CREATE INDEX sqlite_autoindex_name_1 ON name (hex(name))' WHERE name = 'sqlite_autoindex_name_1'",
    /index sqlite_autoindex_name_1/,
  ],
];

/** In the file's header; each in bytes that SQLite would not refuse by itself. */
const headers: readonly (readonly [name: string, at: number, bytes: readonly number[], why: RegExp])[] = [
  ['text in UTF-16', 56, [0, 0, 0, 2], /text that is not UTF-8/],
  ['another size of pages', 16, [16, 0], /pages of another size/],
  ['room reserved in pages', 20, [8], /room reserved/],
  ['an old kind of schema', 44, [0, 0, 0, 1], /a schema of another kind/],
  ['pointers for vacuuming', 52, [0, 0, 0, 9], /pointers for vacuuming/],
  ['a schema that goes on elsewhere', 100, [5], /a schema that does not fit/],
  ['a newer format', 60, [0, 0, 0, 99], /made by a newer qmptap/],
  ['another program’s number', 68, [1, 2, 3, 4], /another program's database/],
];

const script = `
  import { openRecording } from './dist/store/index/open.js';
  import { StoredMarks } from './dist/store/read/marks.js';
  for (const path of process.argv.slice(1)) {
    const told = { path };
    try { openRecording(path); told.opened = true; } catch (error) { Object.assign(told, { open: error.message, code: error.code }); }
    try { new StoredMarks(path).put({ session: 1, seq: 1 }); told.marked = true; } catch (error) { told.mark = error.message; }
    console.log(JSON.stringify(told));
  }`;

interface Told {
  readonly path: string;
  readonly opened?: boolean;
  readonly marked?: boolean;
  readonly open?: string;
  readonly mark?: string;
  readonly code?: string;
}

/** What comes of opening and marking each file. */
async function tried(paths: readonly string[]): Promise<Map<string, Told>> {
  const child = start(process.execPath, ['--input-type=module', '-e', script, ...paths], { timeout: 60_000 });
  expect({ ended: await child.ended, stderr: child.stderr() }).toEqual({ ended: 0, stderr: '' });
  const lines = child.stdout().trim().split('\n');
  return new Map(lines.map((line) => JSON.parse(line) as Told).map((told) => [told.path, told]));
}

test('a file with anything else in its schema is refused, and stays as it is', async () => {
  const folder = testFolder();
  const original = await recordingFile(join(folder, 'original.qmptap'), ['-> {"execute":"stop"}']);
  const bytes = readFileSync(original);
  const files: {
    readonly path: string;
    readonly name: string;
    readonly why: RegExp;
    readonly before: Buffer;
  }[] = [];
  const make = (name: string, why: RegExp, change: (path: string) => void): void => {
    const path = join(folder, `${files.length}.qmptap`);
    writeFileSync(path, bytes);
    change(path);
    files.push({ path, name, why, before: readFileSync(path) });
  };
  for (const [name, sql, why] of [...schemas, ...written]) {
    make(name, why, (path) => {
      const db = openSqlite(path);
      db.unsafeMode();
      db.pragma('writable_schema = ON');
      db.exec(sql);
      db.close();
    });
  }
  for (const [name, at, value, why] of headers) {
    make(name, why, (path) => {
      writeFileSync(path, Buffer.from(bytes).fill(Buffer.from(value), at, at + value.length));
    });
  }
  const told = await tried(files.map(({ path }) => path));
  for (const { path, name, why, before } of files) {
    expect.soft(told.get(path), name).toMatchObject({
      open: expect.stringMatching(why) as string,
      mark: expect.stringMatching(why) as string,
      code: expect.stringMatching(/^(UNSAFE|NEWER|NOT_A_RECORDING)$/) as string,
    });
    expect.soft(readFileSync(path).equals(before), name).toBe(true);
  }
  expect(readdirSync(folder)).toHaveLength(files.length + 1);
});

describe('a log that brings another schema', () => {
  test('is refused like the schema', async () => {
    const folder = testFolder();
    const path = await recordingFile(join(folder, 'a.qmptap'), ['-> {"execute":"stop"}']);
    const copy = join(folder, 'b.qmptap');
    const db = openSqlite(path);
    db.pragma('journal_mode = WAL');
    db.exec(`CREATE INDEX i ON frame (n) WHERE ${slow} > 1`);
    for (const ending of ['', '-wal']) writeFileSync(copy + ending, readFileSync(path + ending));
    db.close();
    const told = (await tried([copy])).get(copy);
    expect(told?.open).toMatch(/it has index i;/);
    expect(told?.mark).toMatch(/it has index i;/);
    expect(readdirSync(folder).sort()).toEqual(['a.qmptap', 'b.qmptap', 'b.qmptap-wal']);
  });

  test('beside a finished recording is none of its own', async () => {
    const path = await recordingFile(join(testFolder(), 'a.qmptap'), ['-> {"execute":"stop"}']);
    writeFileSync(`${path}-wal`, Buffer.alloc(5_000));
    expect(() => openRecording(path)).toThrow('a log (-wal) beside it, though it is finished');
  });
});
