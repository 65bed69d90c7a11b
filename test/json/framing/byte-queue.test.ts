import { expect, test } from 'vitest';
import { ByteQueue } from '../../../src/json/framing/byte-queue.js';

test('gives what was appended, once', () => {
  const queue = new ByteQueue();
  queue.append(Uint8Array.of(1, 2));
  queue.append(new Uint8Array(0));
  queue.append(Uint8Array.of(3));
  expect(queue.length).toBe(3);
  expect([...queue.take()]).toEqual([1, 2, 3]);
  expect(queue.length).toBe(0);
  expect([...queue.take()]).toEqual([]);
});

test('grows over any size and begins again', () => {
  const queue = new ByteQueue();
  const piece = new Uint8Array(3000).fill(7);
  for (let i = 0; i < 1000; i++) queue.append(piece);
  expect(queue.take().every((byte) => byte === 7)).toBe(true);
  queue.append(Uint8Array.of(9));
  expect([...queue.take()]).toEqual([9]);
});

test('a copy is not touched by what comes later', () => {
  const queue = new ByteQueue();
  queue.append(Uint8Array.of(1, 2));
  const copy = queue.copy();
  queue.take();
  queue.append(Uint8Array.of(8, 9));
  expect([...copy]).toEqual([1, 2]);
});
