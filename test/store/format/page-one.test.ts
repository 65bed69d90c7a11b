import { join } from 'node:path';
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Connection } from '../../../src/store/disk/connect.js';
import { openSqlite } from '../../../src/store/disk/sqlite.js';
import { message } from '../../../src/store/format/format-2.js';
import { readPageOne, refusal } from '../../../src/store/format/page-one.js';
import { migrate } from '../../../src/store/format/migrate.js';

/** A database in memory, as a file. */
function made(fill: (db: Connection) => void): Buffer {
  const db = openSqlite(':memory:');
  db.pragma('page_size = 8192');
  fill(db);
  const bytes = db.serialize();
  db.close();
  return bytes;
}

const format2 = made((db) => {
  migrate(db, 'a');
});

describe('the first page', () => {
  test('of a recording is told by its schema', () => {
    expect(readPageOne(format2)).toEqual({ is: 'recording', format: 2, hasLog: false });
    for (const name of ['finished', 'run', 'crashed', 'series-00002']) {
      const page = readPageOne(readFileSync(join('test/fixtures/format-1', `${name}.qmptap`)));
      expect(page).toEqual({ is: 'recording', format: 1, hasLog: name === 'crashed' });
    }
  });

  test('of what nobody has written into is empty', () => {
    expect(readPageOne(new Uint8Array(0))).toEqual({ is: 'empty', hasLog: false });
    const blank = made((db) => db.exec('CREATE TABLE x (y); DROP TABLE x; PRAGMA user_version = 0'));
    expect(readPageOne(blank)).toEqual({ is: 'empty', hasLog: false });
  });

  test('of anything else is told apart', () => {
    expect(readPageOne(Buffer.from('hello'))).toEqual({ is: 'no database' });
    expect(readPageOne(format2.subarray(0, 5_000))).toEqual({ is: 'no database' });
    expect(readPageOne(made((db) => db.exec('CREATE TABLE x (y)')))).toEqual({ is: 'another program’s' });
  });

  test('with any bytes changed is read without an error', () => {
    const change = fc.tuple(fc.nat(8191), fc.uint8Array({ minLength: 1, maxLength: 12 }));
    fc.assert(
      fc.property(fc.array(change, { minLength: 1, maxLength: 4 }), (changes) => {
        const page = Buffer.from(format2.subarray(0, 8192));
        for (const [at, bytes] of changes) page.set(bytes.subarray(0, 8192 - at), at);
        expect(readPageOne(page).is).toMatch(/./);
      }),
      { numRuns: 2_000 },
    );
  });

  test('is never that of a recording once a statement is another', () => {
    const start = format2.indexOf(message);
    fc.assert(
      fc.property(
        fc.integer({ min: start, max: start + message.length - 1 }),
        fc.integer({ min: 1, max: 255 }),
        (at, by) => {
          const page = Buffer.from(format2.subarray(0, 8192));
          page[at] = ((page[at] ?? 0) + by) % 256;
          expect(readPageOne(page).is).toBe('foreign');
        },
      ),
    );
  });
});

test.each([
  [{ is: 'no database' } as const, 'NOT_A_RECORDING', 'a: it is no recording'],
  [
    { is: 'newer', format: 9 } as const,
    'NEWER',
    'a: it was made by a newer qmptap (format 9, this one knows 2); please update',
  ],
  [
    { is: 'foreign', what: 'table x' } as const,
    'UNSAFE',
    'a: it is not as qmptap makes a recording: it has table x; if that is your own, drop it with sqlite3',
  ],
])('what is not opened is told in a line: %j', (page, code, line) => {
  expect(refusal('a', page)).toMatchObject({ code, message: line });
});
