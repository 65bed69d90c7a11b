import { describe, expect, test } from 'vitest';
import { everything, exactly } from '../../../src/recording/fields/sql.js';
import type { Access } from '../../../src/store/read/access.js';
import { pageQuery, type WantedPage } from '../../../src/store/read/page-query.js';
import { FrameRows } from '../../../src/store/rows/frame-rows.js';
import { message } from '../../support/message.js';
import { emptyRecording } from '../tables.js';

const db = emptyRecording();
const frames = new FrameRows(db, undefined);
/** Two sessions that take turns: commands `a` and `b`, which never have an answer in session 2. */
for (let n = 1; n <= 20; n++) {
  const session = 2 - (n % 2);
  const seq = Math.ceil(n / 2);
  const dir = seq % 2 === 1 ? 'c2s' : 's2c';
  if (dir === 'c2s' || session === 2)
    frames.add(message('command', '{}', { session, seq, dir, name: seq < 6 ? 'a' : 'b' }));
  else
    frames.add(
      message('success', '{}', { session, seq, dir, replyTo: seq - 1, command: seq - 1 < 6 ? 'a' : 'b' }),
    );
}
frames.flush();

const seqAt = (session: number, n: number): number =>
  db.prepare('SELECT count(*) FROM frame WHERE session = ? AND n <= ?').pluck().get(session, n) as number;

/** The places that a page finds, and how SQLite looks for them. */
function found(access: Access, page: Partial<WantedPage> = {}): { places: unknown[]; plan: string } {
  const wanted: WantedPage = {
    ...{ access, filter: everything, session: undefined, descending: false, size: 100 },
    ...{ bounds: { after: 0, before: Infinity }, ...page },
  };
  const { sql, values } = pageQuery(wanted, seqAt);
  const bound = values.map((value) => (value === Infinity ? Number.MAX_SAFE_INTEGER : value));
  const plan = db.prepare(`EXPLAIN QUERY PLAN ${sql}`).all(...bound) as { detail: string }[];
  return {
    places: db
      .prepare(sql)
      .raw()
      .all(...bound)
      .map((row) => (row as unknown[])[0]),
    plan: plan.map(({ detail }) => detail).join('; '),
  };
}

const names = db.prepare('SELECT id FROM name ORDER BY name').pluck().all() as number[];

describe('a page', () => {
  test.each<[string, Access, RegExp, (n: number) => boolean]>([
    ['all, one after the other', { by: 'scan' }, /USING INTEGER PRIMARY KEY/, () => true],
    ['those with flags', { by: 'flagged' }, /frame_flags/, (n) => n % 2 === 0],
    ['those of a session', { by: 'session', session: 2 }, /frame_session/, (n) => n % 2 === 0],
    ['those of two names', { by: 'names', names }, /frame_name/, () => true],
    ['those of no name', { by: 'names', names: [] }, /./, () => false],
  ])('of %s is found by their index, in either order, within its bounds', (_what, access, index, meant) => {
    const bounds = { after: 3, before: 17 };
    const expected = Array.from({ length: 13 }, (_, n) => n + 4).filter(meant);
    const up = found(access, { bounds });
    expect(up.places).toEqual(expected);
    expect(up.plan).toMatch(index);
    if (expected.length > 0) expect(up.plan).not.toContain('SCAN frame');
    expect(found(access, { bounds, descending: true }).places).toEqual(expected.toReversed());
    expect(found(access, { bounds, size: 3 }).places).toEqual(expected.slice(0, 3));
    expect(found(access, { bounds, size: 3, descending: true }).places).toEqual(expected.slice(-3).reverse());
  });

  test('is narrowed by a session and a filter together', () => {
    const filter = exactly('seq > ?', 6);
    for (const access of [{ by: 'scan' }, { by: 'names', names }, { by: 'session', session: 1 }] as const)
      expect(found(access, { filter, session: 1 }).places).toEqual([13, 15, 17, 19]);
  });
});
