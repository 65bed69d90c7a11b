import { expect, test } from 'vitest';
import { Tap } from '../../../src/proxy/tap.js';
import { rollBack, SqliteWriter } from '../../../src/store/rows/writer.js';
import { emptyRecording } from '../tables.js';
import { bytes, chatter, start } from '../traffic.js';

const tables = ['frame', 'part', 'session', 'note'] as const;

test('nothing can be read before the commit', () => {
  const db = emptyRecording();
  const writer = new SqliteWriter(db);
  writer.commit();
  writer.openSession(1, start);
  expect(db.inTransaction).toBe(true);
  let more = 0;
  writer.commit(() => (more = db.prepare('SELECT count(*) FROM session').pluck().get() as number));
  expect([db.inTransaction, more]).toEqual([false, 1]);
});

test('what came after a saved state is taken back, and gives the same rows when it is done again', () => {
  const db = emptyRecording();
  const writer = new SqliteWriter(db);
  const tap = new Tap(writer);
  tap.open(1, start, 0);
  chatter({ ...sinkOf(tap) }, 1, 3);
  tap.chunk(1, { dir: 'c2s', t: 50_000, bytes: bytes('{"execute":"stop"}'), fds: 0 });
  let saved: { tap: ReturnType<Tap['save']>; writer: ReturnType<SqliteWriter['save']> } | undefined;
  writer.commit(() => {
    saved = structuredClone({ tap: tap.save(), writer: writer.save() });
  });
  const rest = (to: Tap, pieces: readonly string[]): void => {
    for (const piece of pieces) to.chunk(1, { dir: 'c2s', t: 60_000, bytes: bytes(piece), fds: 0 });
    to.note(1, 60_000, 'a note');
    to.open(2, start, 70_000);
    to.close(1, 80_000, 'client-closed', undefined);
  };
  rest(tap, [' ', '\r', '\n', '{"execute":"cont"}']);
  writer.commit();
  const first = tables.map((table) => db.prepare(`SELECT * FROM ${table} ORDER BY 1, 2`).all());
  rollBack(db, saved?.writer);
  expect(db.prepare('SELECT max(id) FROM session').pluck().get()).toBe(1);
  const again = new SqliteWriter(db, saved?.writer);
  rest(new Tap(again, saved?.tap), [' ', '\r', '\n', '{"execute":"cont"}']);
  again.commit();
  expect(tables.map((table) => db.prepare(`SELECT * FROM ${table} ORDER BY 1, 2`).all())).toEqual(first);
  expect([again.count, again.openSessions]).toEqual([writer.count, [2]]);
});

test('without a state everything is taken back', () => {
  const db = emptyRecording();
  const writer = new SqliteWriter(db);
  writer.openSession(1, start);
  writer.updateSession(1, { note: 'a note' });
  writer.commit();
  rollBack(db, undefined);
  for (const table of tables)
    expect(db.prepare(`SELECT count(*) FROM ${table}`).pluck().get(), table).toBe(0);
});

/** A tap as what a test's traffic is given to. */
function sinkOf(tap: Tap): Parameters<typeof chatter>[0] {
  return {
    open: () => 1,
    chunk: tap.chunk.bind(tap),
    inject: tap.inject.bind(tap),
    note: tap.note.bind(tap),
    close: tap.close.bind(tap),
  };
}
