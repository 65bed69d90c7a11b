/** A hostile file: a sound recording whose rows, tables and pages a script of bytes has changed. */
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { RecordingError } from '../../../src/errors.js';
import type { Connection } from '../../../src/store/disk/connect.js';
import { openSqlite } from '../../../src/store/disk/sqlite.js';
import { openRecording } from '../../../src/store/index/open.js';
import { MessageFile } from '../../support/message-file.js';
import { fromLatin1 } from '../../support/frames.js';
import { conversationSeeds, cutOff } from '../support/conversation.js';
import { looks } from '../support/looking.js';
import { Source } from '../support/source.js';
import type { Target } from '../target.js';

/** What a column may hold in spite of its type. */
const values = [
  'NULL', '0', '1', '2', '-1', '3', '255', '2147483648', '4294967296', '9007199254740991', '9007199254740993', '9223372036854775807', '-9223372036854775808',
  '1.5', '-0.0', '1e308', '9e999', "''", "'x'", "'[]'", "'[1]'", "'{'", "'client-closed'", "char(27)||'[2J'", "char(0x202e)", 'CAST(x\'ff00fe\' AS TEXT)',
  "x''", "x'ff'", "x'7b7d0d0a'", 'zeroblob(100000)', "CAST(zeroblob(3) AS TEXT)", 'id', 'n', 'seq', 'rowid', "'qga'", "'\"a\"'", "replace(hex(zeroblob(5000)),'0','[')",
]; // prettier-ignore
/** What may stand where a table or nothing stood. */
const statements = [
  'DROP TABLE body', 'DROP TABLE recording', 'DROP TABLE note', 'DROP TABLE name', 'DROP VIEW message', 'DROP INDEX frame_name', 'DROP TABLE session', 'DELETE FROM frame',
  'ALTER TABLE frame RENAME TO other; CREATE VIEW frame AS SELECT rowid, * FROM other',
  'ALTER TABLE name RENAME TO other; CREATE VIEW name AS WITH RECURSIVE c(id) AS (SELECT 1 UNION ALL SELECT id + 1 FROM c) SELECT id, 0 AS event, \'x\' AS name FROM c',
  'ALTER TABLE note RENAME TO other; CREATE VIEW note AS WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c) SELECT 1 AS session, n, \'x\' AS text FROM c',
  'ALTER TABLE frame RENAME TO other; CREATE VIEW frame AS WITH RECURSIVE c(m) AS (SELECT 0 UNION ALL SELECT m + 1 FROM c) SELECT n + m AS n, session, seq + m AS seq, dir, kind, t, name, id, pair, latency, late_session, late_seq, flags, fds, problem, body, raw FROM c, other',
  'CREATE TRIGGER tr AFTER UPDATE ON recording BEGIN DELETE FROM frame; END', 'ALTER TABLE frame ADD COLUMN more', 'ALTER TABLE session DROP COLUMN qemu',
  'DROP TABLE part; CREATE TABLE part (n, part, bytes AS (zeroblob(900000000)))', 'INSERT INTO frame SELECT n + 1000000, session, seq + 1000000, dir, kind, t, name, id, pair, latency, late_session, late_seq, flags, fds, problem, body, raw FROM frame',
  'PRAGMA user_version = 0', 'PRAGMA user_version = 99', 'PRAGMA user_version = -1', 'PRAGMA application_id = 0', 'PRAGMA journal_mode = WAL', 'UPDATE recording SET finished = NULL',
  'PRAGMA auto_vacuum = 1; VACUUM', 'PRAGMA encoding = "UTF-16"', 'INSERT INTO part SELECT n, seq, raw FROM frame', 'UPDATE frame SET flags = ifnull(flags, 0) | 4', 'UPDATE frame SET body = 1',
]; // prettier-ignore

interface Base {
  readonly folder: string;
  readonly file: Buffer;
  /** The tables' columns and their true texts. */
  readonly tables: readonly {
    readonly name: string;
    readonly sql: string;
    readonly columns: readonly string[];
  }[];
}

let made: Base | undefined;

/** A small recording whose tables take anything. */
function base(): Base {
  if (made !== undefined) return made;
  const folder = mkdtempSync(join(tmpdir(), 'qmptap-fuzz-recording-'));
  const path = join(folder, 'base.qmptap');
  const file = new MessageFile(path);
  const large = `-> {"execute":"query-qmp-schema","id":1}\n<- {"return": [${'{"name":"x"},'.repeat(500)}1], "id": 1}\n.\n`;
  cutOff(file, fromLatin1(large + conversationSeeds.slice(0, 4).join('\n.\n= vm\n')));
  file.finish();
  const db = openSqlite(path);
  const found = db.prepare("SELECT name, sql FROM sqlite_master WHERE type = 'table'").all() as {
    name: string;
    sql: string;
  }[];
  const tables = found.map(({ name, sql }) => ({
    name,
    sql,
    columns: (db.pragma(`table_info(${name})`) as { name: string }[]).map((column) => column.name),
  }));
  db.unsafeMode();
  db.pragma('writable_schema = ON');
  db.prepare(
    "UPDATE sqlite_master SET sql = replace(replace(sql, ' NOT NULL', ''), ' CHECK (id = 1)', '') WHERE type = 'table'",
  ).run();
  db.close();
  made = { folder, file: readFileSync(path), tables };
  rmSync(path);
  return made;
}

export const target: Target = {
  holds:
    'whatever is in a file, each way of looking at it ends, prints what is safe, or refuses it in one line',
  maxLength: 120,
  seeds: () => [
    '',
    '\x00\x01\x02\x03',
    '\x05\x07',
    '\x04\x10\x20\x30',
    '\x05\x09',
    ...statements.map((_, at) => Uint8Array.of(5, at)),
    ...values.map((_, at) => Uint8Array.of(0, 6, at * 3, at)),
  ],
  run(input) {
    const { folder } = base();
    const place = join(folder, 'one');
    mkdirSync(place);
    try {
      const path = join(place, 'x.qmptap');
      tamper(path, new Source(input));
      for (const look of [...Object.values(looks), damage]) {
        try {
          using reader = openRecording(path);
          look(reader, false);
        } catch (error) {
          if (!(error instanceof RecordingError)) throw error;
          assert.doesNotMatch(error.message, /\n/);
        }
      }
    } finally {
      rmSync(place, { recursive: true });
    }
  },
};

const damage = (reader: Parameters<NonNullable<(typeof looks)['show']>>[0]): void => {
  if ('damage' in reader) Array.from((reader as { damage(): Iterable<string> }).damage());
};

function tamper(path: string, script: Source): void {
  const { file, tables } = base();
  writeFileSync(path, file);
  const flips: (readonly [at: number, byte: number])[] = [];
  const db = openSqlite(path);
  try {
    db.unsafeMode();
    for (let acts = 0; !script.done && acts < 12; acts++) {
      const kind = script.below(7);
      if (kind < 4) attempt(db, update(tables, script));
      else if (kind === 4)
        flips.push([
          script.below(32) * 8192 + (script.byte() & 1 ? script.below(128) : script.below(8192)),
          script.byte(),
        ]);
      else if (kind === 5) attempt(db, script.pick(statements));
      else attempt(db, `DELETE FROM ${script.pick(tables).name} WHERE rowid = ${script.below(8)}`);
    }
    // The tables say again what they should hold.
    attempt(db, 'PRAGMA writable_schema = ON');
    for (const { name, sql } of tables) {
      attempt(
        db,
        `UPDATE sqlite_master SET sql = '${sql.replaceAll("'", "''")}' WHERE type = 'table' AND name = '${name}' AND sql NOT LIKE '% AS (%'`,
      );
    }
  } finally {
    db.close();
  }
  if (flips.length === 0) return;
  const bytes = readFileSync(path);
  for (const [at, byte] of flips) if (at < bytes.length) bytes[at] = byte;
  writeFileSync(path, bytes);
}

function update(tables: Base['tables'], script: Source): string {
  const { name, columns } = script.pick(tables);
  const column = script.pick(columns);
  const where = script.below(4) === 0 ? '' : ` WHERE rowid = ${script.below(8)}`;
  return `UPDATE OR IGNORE ${name} SET "${column}" = ${script.pick(values)}${where}`;
}

/** A statement that makes no sense changes nothing. */
function attempt(db: Connection, sql: string): void {
  try {
    db.exec(sql);
  } catch {
    // It makes none here.
  }
}
