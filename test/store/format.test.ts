/** FORMAT.md is for people with `sqlite3`: what it says must be so. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { Tap } from '../../src/proxy/tap.js';
import { messageKinds } from '../../src/recording/message.js';
import { sessionEnds } from '../../src/recording/session.js';
import type { Connection } from '../../src/store/disk/connect.js';
import { openSqlite } from '../../src/store/disk/sqlite.js';
import { openRecording } from '../../src/store/index/open.js';
import { MessageFile } from '../support/message-file.js';
import { testFolder } from '../support/folder.js';
import { variedTraffic } from './traffic.js';

const manual = readFileSync('src/store/FORMAT.md', 'utf8');

function recorded(): Connection {
  const path = join(testFolder(), 'a.qmptap');
  const file = new MessageFile(path);
  variedTraffic(new Tap(file), 3, 300);
  file.finish();
  return openSqlite(path, { readonly: true });
}

describe('the manual of the file format', () => {
  test('has examples that work', () => {
    const db = recorded();
    const statements = (/```sql\n([^]*?)```/.exec(manual)?.[1] ?? '')
      .split(';\n')
      .filter((text) => text.trim() !== '');
    expect(statements).toHaveLength(4);
    for (const sql of statements) {
      const rows = db.prepare(sql).all();
      if (!sql.includes('device_add')) expect(rows.length).toBeGreaterThan(0);
    }
    db.close();
  });

  test('names every table, column, kind and end', () => {
    const db = recorded();
    const tables = db
      .prepare("SELECT name FROM sqlite_master WHERE type IN ('table', 'view')")
      .pluck()
      .all() as string[];
    expect(tables).toContain('frame');
    const columns = tables.flatMap(
      (table) => db.prepare(`SELECT name FROM pragma_table_info('${table}')`).pluck().all() as string[],
    );
    const words = [...tables, ...columns.map((column) => column.replace(/^server_/, 'client_'))];
    expect(words.filter((word) => !manual.includes(`\`${word}\``))).toEqual([]);
    for (const word of [...messageKinds, ...sessionEnds]) expect(manual).toContain(`\`${word}\``);
    db.close();
  });

  test('describes a view that agrees with the tables', () => {
    const db = recorded();
    const kinds = db.prepare('SELECT DISTINCT kind FROM message').pluck().all();
    expect(new Set(kinds)).toEqual(new Set(messageKinds));
    const shown = db.prepare('SELECT CAST(raw AS BLOB) FROM message ORDER BY n').pluck().all() as Buffer[];
    using recording = openRecording(db.name);
    const read = [...recording.messages()].map(({ raw }) => Buffer.from(raw).toString('latin1'));
    expect(shown.map((raw) => raw.toString('latin1'))).toEqual(read);
    db.close();
  });
});
