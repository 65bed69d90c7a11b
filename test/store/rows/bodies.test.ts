import { expect, test } from 'vitest';
import { Bodies, bodyLength } from '../../../src/store/rows/bodies.js';
import { emptyRecording } from '../tables.js';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

test('the same bytes are stored once, also by another writer', () => {
  const db = emptyRecording();
  const [one, other] = [new Bodies(db), new Bodies(db)];
  const first = one.number(bytes('a schema'));
  const second = one.number(bytes('another'));
  expect([one.number(bytes('a schema')), other.number(bytes('a schema'))]).toEqual([first, first]);
  expect(second).not.toBe(first);
  const stored = db.prepare('SELECT id, CAST(bytes AS TEXT) FROM body ORDER BY id').raw().all();
  expect(stored).toEqual([
    [first, 'a schema'],
    [second, 'another'],
  ]);
});

test('answers that differ in their id alone have the same body', () => {
  const answer = (id: string): Uint8Array =>
    bytes(`{"return": [${'"x", '.repeat(2_000)}"y"], "id": ${id}}\r\n`);
  const [one, other] = [answer('"libvirt-7"'), answer('{"a": 12345}')];
  const length = bodyLength(one);
  expect(length).toBe(bodyLength(other));
  expect(Buffer.from(one).subarray(length).toString()).toBe('"id": "libvirt-7"}\r\n');
  expect(one.subarray(0, length)).toEqual(other.subarray(0, length));
});

test('without an id near its end all of it is the body', () => {
  const far = bytes(`{"id": 1, "return": "${'x'.repeat(5_000)}"}`);
  expect(bodyLength(far)).toBe(far.length);
  expect(bodyLength(bytes('short'))).toBe(5);
});

test('a view of a larger buffer is looked at within its bounds', () => {
  const buffer = bytes(`"id"${'x'.repeat(5_000)}"id"`);
  const view = buffer.subarray(4, buffer.length - 4);
  expect(bodyLength(view)).toBe(view.length);
});
