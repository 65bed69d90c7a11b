import { expect, test } from 'vitest';
import { GrowingLookup } from '../../../src/store/read/lookup.js';
import { Names } from '../../../src/store/rows/names.js';
import { SessionRows } from '../../../src/store/rows/session-rows.js';
import { emptyRecording } from '../tables.js';
import { start } from '../traffic.js';

test('names are found by glob, commands apart from events, also those that come later', () => {
  const db = emptyRecording();
  const names = new Names(db);
  const [add, del, event] = [
    names.number('device_add', false),
    names.number('device_del', false),
    names.number('DEVICE_DELETED', true),
  ];
  const lookup = new GrowingLookup(db, 'a.qmptap');
  expect(lookup.names(false, 'device_*')).toEqual([add, del]);
  expect(lookup.names(true, 'DEVICE_*')).toEqual([event]);
  expect(lookup.names(false, 'stop')).toEqual([]);
  const stop = names.number('stop', false);
  const list = names.number('device_list', false);
  expect(lookup.names(false, 'device_*')).toEqual([add, del, list]);
  expect(lookup.names(false, 'stop')).toEqual([stop]);
});

test('sessions are found by their label', () => {
  const db = emptyRecording();
  const rows = new SessionRows(db, undefined);
  for (const [index, label] of ['web', undefined, 'web2', 'db'].entries())
    rows.begin(index + 1, { ...start, label });
  expect(new GrowingLookup(db, 'a.qmptap').labelled('web*')).toEqual([1, 3]);
});

test('more than fit into a query are not listed, now or later', () => {
  const db = emptyRecording();
  const names = new Names(db);
  for (let n = 0; n < 501; n++) names.number(`x${n}`, false);
  const lookup = new GrowingLookup(db, 'a.qmptap');
  expect(lookup.names(false, 'x*')).toBeUndefined();
  expect(lookup.names(false, 'x*')).toBeUndefined();
  expect(lookup.names(false, 'x1')).toHaveLength(1);
});

test('a recording of format 1 has marks only once it has their table', () => {
  const db = emptyRecording();
  expect(new GrowingLookup(db, 'a.qmptap').hasMarks()).toBe(true);
  db.exec('DROP VIEW message; DROP TABLE mark');
  expect(new GrowingLookup(db, 'a.qmptap').hasMarks()).toBe(false);
});
