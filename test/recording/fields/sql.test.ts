/** The pieces of SQL, asked of SQLite itself. */
import fc from 'fast-check';
import { afterAll, expect, test } from 'vitest';
import {
  among,
  anything,
  compared,
  type Comparison,
  everything,
  exactly,
  fitting,
  nothing,
  oneOf,
  type Where,
} from '../../../src/recording/fields/sql.js';
import { openSqlite } from '../../../src/store/disk/sqlite.js';
import { compileGlob } from '../../../src/text/glob.js';

const ids = [null, '', '[1]', 'n-7', 'N-7', '*', 'a*b'];
const db = openSqlite(':memory:');
db.exec('CREATE TABLE frame (n INTEGER PRIMARY KEY, id TEXT, latency INTEGER)');
for (const [place, id] of ids.entries())
  db.prepare('INSERT INTO frame VALUES (?, ?, ?)').run(place + 1, id, id === null ? null : place);
afterAll(() => {
  db.close();
});

function rows({ sql, values }: Where): unknown[] {
  return db
    .prepare(`SELECT n FROM frame WHERE ${sql}`)
    .pluck()
    .all(...values);
}

/** What neither a condition nor its negation holds for, if it were NULL. */
function unsaid({ sql, values }: Where): unknown[] {
  return db
    .prepare(`SELECT n FROM frame WHERE (${sql}) IS NULL`)
    .pluck()
    .all(...values);
}

test('everything, nothing, anything', () => {
  expect(rows(everything)).toHaveLength(ids.length);
  expect(rows(nothing)).toEqual([]);
  expect(anything).toEqual({ ...everything, exact: false });
  expect([exactly('1').exact, among('1').exact]).toEqual([true, false]);
});

test('one of some numbers', () => {
  expect(rows(oneOf('n', [2, 4]))).toEqual([2, 4]);
  expect(oneOf('n', [])).toBe(nothing);
  expect(oneOf('n', undefined)).toBe(anything);
});

test('a glob means what it means elsewhere, and is never NULL', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: fc.constantFrom('n', '-', '7', '*', '?', '[', ']', '1'), maxLength: 6 }),
      (glob) => {
        const where = fitting('id', glob);
        const fit = compileGlob(glob);
        const meant = ids.flatMap((id, place) => (id !== null && fit(id) ? [place + 1] : []));
        const found = rows(where);
        expect(unsaid(where)).toEqual([]);
        if (where.exact) expect(found).toEqual(meant);
        else expect(found).toEqual(expect.arrayContaining(meant));
      },
    ),
  );
  expect(fitting('id', '*a*b*').exact).toBe(false);
});

test('a comparison is never NULL, and none of a program gets into the statement', () => {
  expect(rows(compared('latency', '>', 3))).toEqual([5, 6, 7]);
  expect(unsaid(compared('latency', '>', 3))).toEqual([]);
  const hostile = '= 0; DROP TABLE frame; --' as Comparison;
  expect(compared('latency', hostile, 3).sql).not.toContain('DROP');
});
