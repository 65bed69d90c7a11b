import { describe, expect, test } from 'vitest';
import type { Connection } from '../../../src/store/disk/connect.js';
import { openSqlite } from '../../../src/store/disk/sqlite.js';
import { RowInserts } from '../../../src/store/rows/row-inserts.js';

function table(): { db: Connection; rows: RowInserts } {
  const db = openSqlite(':memory:');
  db.exec('CREATE TABLE t (n INTEGER PRIMARY KEY, text TEXT)');
  return { db, rows: new RowInserts(db, 't', ['n', 'text']) };
}

describe('rows inserted many at a time', () => {
  test.each([0, 1, 15, 16, 17, 32, 100])('%i rows are all there after a flush, each once', (count) => {
    const { db, rows } = table();
    for (let n = 1; n <= count; n++) rows.add(n, n % 3 === 0 ? null : `row ${n}`);
    rows.flush();
    rows.flush();
    const found = db.prepare('SELECT n, text FROM t ORDER BY n').raw().all();
    const numbers = Array.from({ length: count }, (_, index) => index + 1);
    expect(found).toEqual(numbers.map((n) => [n, n % 3 === 0 ? null : `row ${n}`]));
  });

  test('a row that is refused is an error, at the latest when flushed', () => {
    const { rows } = table();
    rows.add(1, 'first');
    rows.add(1, 'again');
    expect(() => {
      rows.flush();
    }).toThrow('UNIQUE');
  });
});
