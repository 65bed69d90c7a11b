import { join } from 'node:path';
import Database from 'better-sqlite3';
import { describe, expect, test } from 'vitest';
import { StoredMarks } from '../../../src/store/read/marks.js';
import { openRecording } from '../../../src/store/index/open.js';
import { testFolder } from '../../support/folder.js';
import { run } from '../../support/process.js';
import { recordingFile } from '../../support/recording-file.js';

/** A recording that somebody has changed by SQL. */
async function changed(sql: string): Promise<string> {
  const path = await recordingFile(join(testFolder(), 'a.qmptap'), ['-> {"execute":"stop"}']);
  const db = new Database(path);
  db.unsafeMode();
  db.exec(sql);
  db.close();
  return path;
}

const endless = 'WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c) SELECT';

describe('a file whose tables are not those of a recording', () => {
  test.each([
    [
      'a view in the place of a table, which never ends',
      `DROP VIEW message; ALTER TABLE frame RENAME TO real_frame;
       CREATE VIEW frame AS ${endless} real_frame.* FROM c, real_frame WHERE x < 0`,
      'no such table as a recording has: CREATE TABLE frame',
    ],
    [
      'a trigger',
      `CREATE TRIGGER t AFTER UPDATE ON recording BEGIN DELETE FROM frame; END`,
      'a trigger, t, that would act by itself',
    ],
    ['a column that is computed', `ALTER TABLE session ADD COLUMN x AS (hex(label))`, 'no such table'],
    ['a virtual table', 'CREATE VIRTUAL TABLE v USING fts5(x)', 'v, a table that a program makes up'],
    [
      'marks that are a view',
      `CREATE VIEW mark AS ${endless} x AS session, x AS seq, '' AS note FROM c`,
      'mark',
    ],
    [
      'marks that are computed',
      'CREATE TABLE mark (session INTEGER, seq AS (session), PRIMARY KEY (session)) WITHOUT ROWID',
      'mark',
    ],
    ['a table less', 'DROP TABLE checkpoint', 'no such table as a recording has: CREATE TABLE checkpoint'],
  ])('%s: is refused', async (_, sql, why) => {
    const path = await changed(sql);
    const { code, stderr } = await run(['stats', path], { timeout: 20_000 });
    expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringContaining(why) as string });
    expect(stderr).toMatch(/^qmptap: .*: it is not as qmptap makes a recording: it has [^\n]*\n$/);
  });

  test('what somebody has added for their own queries is no reason', async () => {
    const path = await changed('CREATE TABLE mine (x); CREATE INDEX also ON frame (latency)');
    using reader = openRecording(path);
    expect(reader.count()).toBe(1);
  });

  test('marks are none, nor a column that a newer qmptap adds to them', async () => {
    const path = await changed('SELECT 1');
    new StoredMarks(path).put({ session: 1, seq: 1, note: 'here' });
    const db = new Database(path);
    db.exec('ALTER TABLE mark ADD COLUMN colour TEXT');
    db.close();
    using reader = openRecording(path);
    expect(reader.count()).toBe(1);
    expect(new StoredMarks(path).marks()).toHaveLength(1);
  });
});
