import { expect, test } from 'vitest';
import type { Connection } from '../../../src/store/disk/connect.js';
import { openSqlite } from '../../../src/store/disk/sqlite.js';
import { migrate } from '../../../src/store/format/migrate.js';
import { readRecordingRow } from '../../../src/store/format/recording-row.js';

function recording(): Connection {
  const db = openSqlite(':memory:');
  migrate(db, 'a');
  return db;
}

test('a recording that has only begun has none', () => {
  expect(readRecordingRow(recording())).toBeUndefined();
});

test('says what the file says of itself', () => {
  const db = recording();
  db.exec(
    `INSERT INTO recording VALUES (1, x'01', 'qmptap 2', 'web1', 5, 7, 'finished', 'write-failed', 'no space left on the disk')`,
  );
  expect(readRecordingRow(db)).toEqual({
    ...{ createdBy: 'qmptap 2', series: 'web1', created: 5, state: 'finished' },
    ...{ loss: 'write-failed', incomplete: 'no space left on the disk' },
  });
});

test.each([
  "state = 'lost'",
  "state = x'01'",
  "loss = 'x'",
  "created = 'x'",
  "created_by = x'00'",
  "series = x'05'",
])('what was never written there is damage: %s', (change) => {
  const db = recording();
  db.exec(
    `INSERT INTO recording (id, uuid, created_by, created, state) VALUES (1, x'01', 'qmptap 2', 5, 'recording')`,
  );
  db.exec(`UPDATE recording SET ${change}`);
  expect(() => readRecordingRow(db)).toThrow('the row that tells of its making is damaged');
});
