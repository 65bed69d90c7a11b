import { expect, test } from 'vitest';
import { recorded } from '../support/recorded.js';

const script = [
  '-> {"execute":"stop"}',
  '<- {"event": "STOP"}',
  '<- {"return": {}}',
  '-> {"execute":"cont"}',
];
const seqs = (messages: Iterable<{ readonly seq: number }>): number[] =>
  Array.from(messages, ({ seq }) => seq);

test('gives messages in either order, between places, of a session', () => {
  const reader = recorded(script, script);
  expect(reader.count()).toBe(8);
  expect(seqs(reader.messages({ session: 2 }))).toEqual([1, 2, 3, 4]);
  expect(seqs(reader.messages({ after: 1, before: 5, order: 'desc' }))).toEqual([4, 3, 2]);
  expect(seqs(reader.messages({ where: { op: 'flag', field: 'pending' }, limit: 1 }))).toEqual([4]);
  expect(reader.responseTo(1, 1)?.seq).toBe(3);
});

test('keeps one mark for a message, in the order of the messages', () => {
  const reader = recorded(script, script);
  reader.put({ session: 2, seq: 1, note: undefined });
  reader.put({ session: 1, seq: 3, note: 'first' });
  reader.put({ session: 1, seq: 3, note: 'why?' });
  expect(reader.marks()).toEqual([
    { session: 1, seq: 3, note: 'why?' },
    { session: 2, seq: 1, note: undefined },
  ]);
  expect(seqs(reader.messages({ where: { op: 'glob', field: 'note', glob: 'WHY' } }))).toEqual([3]);
  reader.remove({ session: 1, seq: 3 });
  expect(seqs(reader.messages({ where: { op: 'flag', field: 'marked' } }))).toEqual([1]);
});
