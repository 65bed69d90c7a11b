import { expect, test } from 'vitest';
import { Names } from '../../../src/store/rows/names.js';
import { emptyRecording } from '../tables.js';

test('a name has one number, and another one as an event', () => {
  const db = emptyRecording();
  const names = new Names(db);
  const stop = names.number('stop', false);
  expect(names.number('stop', false)).toBe(stop);
  expect(names.number('stop', true)).not.toBe(stop);
  expect(new Names(db).number('stop', false)).toBe(stop);
  expect(db.prepare('SELECT name, event FROM name ORDER BY id').raw().all()).toEqual([
    ['stop', 0],
    ['stop', 1],
  ]);
});

test('more names than are kept in memory keep their numbers', () => {
  const db = emptyRecording();
  const names = new Names(db);
  const numbers = db.transaction(() =>
    Array.from({ length: 5_000 }, (_, n) => names.number(`name-${n}`, false)),
  )();
  expect(new Set(numbers).size).toBe(5_000);
  expect([names.number('name-0', false), names.number('name-4999', false)]).toEqual([
    numbers[0],
    numbers[4_999],
  ]);
  expect(db.prepare('SELECT count(*) FROM name').pluck().get()).toBe(5_000);
});
