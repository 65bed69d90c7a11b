import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { FrameDecoder, frameColumns, type FrameRow } from '../../../src/store/read/frame-decoder.js';
import { flags } from '../../../src/store/rows/frame-flags.js';
import { FrameRows } from '../../../src/store/rows/frame-rows.js';
import type { Connection } from '../../../src/store/disk/connect.js';
import { message } from '../../support/message.js';
import { emptyRecording } from '../tables.js';
import { bytes } from '../traffic.js';

const command = (seq: number, text = '{"execute":"stop"}') => message('command', text, { seq, name: 'stop' });
const answer = (seq: number, replyTo: number, latency: number) =>
  message('success', '{"return": {}}', { seq, replyTo, latency, command: 'stop' });

/** The bytes of each row, as a reader sees them. */
function frames(db: Connection): string[] {
  const decoder = new FrameDecoder(db);
  const rows = db.prepare(`SELECT ${frameColumns} FROM frame ORDER BY n`).raw().all() as FrameRow[];
  return rows.map((row) => Buffer.from(decoder.decode(row).message.raw).toString());
}

describe('an answer is noted at its command', () => {
  test.each([false, true])('whether that is inserted already or not (%s)', (flushed) => {
    const db = emptyRecording();
    const rows = new FrameRows(db, undefined);
    rows.add(command(1));
    rows.add(command(2));
    if (flushed) rows.flush();
    rows.add(answer(3, 1, 20_000_000));
    rows.flush();
    expect(db.prepare('SELECT seq, pair, latency, flags FROM frame ORDER BY n').raw().all()).toEqual([
      [1, 3, 20_000_000, flags.slow],
      [2, null, null, flags.pending],
      [3, 1, 20_000_000, flags.slow],
    ]);
  });
});

describe('bytes that come after a frame', () => {
  const piece = fc.tuple(
    fc.constantFrom(1, 2),
    fc.constantFrom(' ', '\r\n', 'x'.repeat(3_000)),
    fc.boolean(),
  );

  test('belong to it, whenever they come', () => {
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
        const db = emptyRecording();
        const rows = new FrameRows(db, undefined);
        const expected = ['{"execute":"stop"}', `{"event": "${'E'.repeat(5_000)}"}`];
        rows.add(command(1, expected[0]));
        rows.add(message('event', expected[1] ?? '', { seq: 2, name: 'E' }));
        for (const [seq, text, flush] of pieces) {
          if (flush) rows.flush();
          rows.append(1, seq, bytes(text));
          expected[seq - 1] = `${expected[seq - 1] ?? ''}${text}`;
        }
        rows.flush();
        expect(frames(db)).toEqual(expected);
      }),
    );
  });

  test('are passed over once the session is over', () => {
    const db = emptyRecording();
    const rows = new FrameRows(db, undefined);
    rows.add(command(1));
    rows.endSession(1);
    rows.append(1, 1, bytes('\r\n'));
    rows.flush();
    expect(frames(db)).toEqual(['{"execute":"stop"}']);
  });

  test('go on in another process', () => {
    const db = emptyRecording();
    const rows = new FrameRows(db, undefined);
    rows.add(command(1));
    rows.flush();
    const after = new FrameRows(db, structuredClone(rows.save()));
    after.append(1, 1, bytes('\r\n'));
    after.add(command(2));
    after.flush();
    expect(frames(db)).toEqual(['{"execute":"stop"}\r\n', '{"execute":"stop"}']);
    expect(after.count).toBe(2);
  });
});

test('more than is gathered at a time keeps its order', () => {
  const db = emptyRecording();
  const rows = new FrameRows(db, undefined);
  const texts = Array.from({ length: 700 }, (_, n) => `{"execute":"stop","id":${n}}`);
  for (const [n, text] of texts.entries()) rows.add(command(n + 1, text));
  rows.flush();
  expect(frames(db)).toEqual(texts);
});
