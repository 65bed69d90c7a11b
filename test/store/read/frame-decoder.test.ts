import { describe, expect, test } from 'vitest';
import {
  DamagedRow,
  FrameDecoder,
  frameColumns,
  type FrameRow,
} from '../../../src/store/read/frame-decoder.js';
import { FrameRows } from '../../../src/store/rows/frame-rows.js';
import type { NewMessage } from '../../../src/recording/ports.js';
import { message } from '../../support/message.js';
import { emptyRecording } from '../tables.js';

const large = `{"return": "${'x'.repeat(5_000)}", "id": 1}`;
const messages: readonly NewMessage[] = [
  message('greeting', '{"QMP": {}}', { seq: 1 }),
  message('command', '{"execute":"stop","id":1}', { seq: 2, name: 'stop', id: '1', fds: 2, t: 7 }),
  message('success', large, { seq: 3, command: 'stop', replyTo: 2, latency: 9, id: '1', t: 16 }),
  message('command', '{"exec-oob":"x"}', { seq: 4, name: 'x', oob: true, injected: true }),
  message('error', '{"error": {}}', { seq: 5, late: { session: 4, seq: 8 }, problem: 'no', untimed: true }),
];

/** A recording of these, its decoder, and its rows. */
function stored(): {
  decoder: FrameDecoder;
  rows: FrameRow[];
  row: (seq: number, changes: object) => FrameRow;
} {
  const db = emptyRecording();
  const frames = new FrameRows(db, undefined);
  for (const one of messages) frames.add(one);
  frames.flush();
  const rows = db.prepare(`SELECT ${frameColumns} FROM frame ORDER BY n`).raw().all() as FrameRow[];
  const columns = frameColumns.split(', ');
  const row = (seq: number, changes: object): FrameRow =>
    (rows[seq - 1] ?? []).map((value, at) => {
      const column = columns[at] ?? '';
      return column in changes ? (changes as Record<string, unknown>)[column] : value;
    });
  return { decoder: new FrameDecoder(db), rows, row };
}

describe('a row', () => {
  test('is the message that was written', () => {
    const { decoder, rows } = stored();
    const plain = ({ raw, ...rest }: NewMessage): object => ({ ...rest, raw: Buffer.from(raw).toString() });
    const decoded = rows.map((row) => decoder.decode(row));
    expect(decoded.map((one) => plain(one.message))).toEqual(
      messages.map((one, at) => plain({ untimed: undefined, ...one, index: at + 1 } as NewMessage)),
    );
    expect(decoded.map(({ answer }) => answer)).toEqual([
      ...[undefined, { latency: 9 }, undefined, undefined, undefined],
    ]);
  });

  test.each<[number, object]>([
    [1, { kind: 8 }],
    [1, { kind: -1 }],
    [1, { kind: 1.5 }],
    [1, { raw: 'text' }],
    [1, { raw: null }],
    [2, { t: null }],
    [2, { seq: 'x' }],
    [2, { id: 5 }],
    [2, { name: 99 }],
    [2, { flags: 'many' }],
    [3, { body: 99 }],
    [3, { pair: 2 ** 70 }],
    [5, { late_seq: null }],
    [5, { problem: new Uint8Array(1) }],
  ])('that cannot be what was written is damage: %i %j', (seq, changes) => {
    const { decoder, row } = stored();
    expect(() => decoder.decode(row(seq, changes))).toThrow(DamagedRow);
  });
});
