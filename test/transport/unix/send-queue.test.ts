import { fstatSync, openSync } from 'node:fs';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { SendQueue } from '../../../src/transport/unix/send-queue.js';
import { noDescriptors } from '../../../src/transport/stream.js';
import { descriptors, openDescriptors } from '../../support/streams.js';

const full = -11;

/** A socket that takes `room` bytes, and says where descriptors came. */
class Taker {
  readonly bytes: number[] = [];
  readonly positions: [number, number][] = [];
  room = 0;

  readonly send = (bytes: Uint8Array, fds: readonly number[]): number => {
    const taken = Math.min(bytes.length, this.room);
    if (taken === 0) return full;
    if (fds.length > 0) this.positions.push([this.bytes.length, fds.length]);
    for (const fd of fds) fstatSync(fd);
    this.room -= taken;
    for (const byte of bytes.subarray(0, taken)) this.bytes.push(byte);
    return taken;
  };
}

test('gives the bytes in order and each descriptor once, on its byte, however little is taken at a time', () => {
  const pushes = fc.array(
    fc.tuple(fc.integer({ min: 1, max: 2000 }), fc.nat({ max: 2 }), fc.nat({ max: 3000 })),
  );
  fc.assert(
    fc.property(pushes, (all) => {
      const before = openDescriptors();
      const queue = new SendQueue();
      const taker = new Taker();
      const bytes: number[] = [];
      const positions: [number, number][] = [];
      for (const [length, fds, room] of all) {
        if (fds > 0) positions.push([bytes.length, fds]);
        const chunk = Uint8Array.from({ length }, (_, index) => (bytes.length + index) & 0xff);
        bytes.push(...chunk);
        queue.push(chunk, descriptors(fds));
        chunk.fill(0);
        taker.room = room;
        const refused = queue.flush(taker.send);
        expect(refused).toBe(queue.bytes === 0 ? 0 : full);
        expect(queue.bytes + taker.bytes.length).toBe(bytes.length);
      }
      taker.room = Infinity;
      expect(queue.flush(taker.send)).toBe(0);
      expect(taker.bytes).toEqual(bytes);
      expect(taker.positions).toEqual(positions);
      expect(openDescriptors()).toBe(before);
    }),
  );
});

test('takes more than a block at once', () => {
  const queue = new SendQueue();
  const taker = new Taker();
  queue.push(new Uint8Array(200_000).fill(1), noDescriptors);
  queue.push(new Uint8Array(10).fill(2), noDescriptors);
  taker.room = 200_010;
  expect(queue.flush(taker.send)).toBe(0);
  expect(taker.bytes.length).toBe(200_010);
  expect(taker.bytes.slice(-10)).toEqual(Array.from({ length: 10 }, () => 2));
});

test('closes what it throws away', () => {
  const before = openDescriptors();
  const queue = new SendQueue();
  queue.push(Uint8Array.of(1), descriptors(3));
  queue.push(Uint8Array.of(1), [openSync('/dev/null', 'r')]);
  expect(openDescriptors()).toBe(before + 4);
  queue.clear();
  expect([openDescriptors(), queue.bytes]).toEqual([before, 0]);
});
