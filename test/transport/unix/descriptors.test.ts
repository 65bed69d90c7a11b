import { readlinkSync, readdirSync } from 'node:fs';
import koffi from 'koffi';
import fc from 'fast-check';
import { describe, expect, onTestFinished, test } from 'vitest';
import { DescriptorIo, closeDescriptors } from '../../../src/transport/unix/descriptors.js';
import { SHUT_WR, libc } from '../../../src/transport/unix/libc.js';
import { noDescriptors } from '../../../src/transport/stream.js';
import { EAGAIN } from '../../../src/transport/system-error.js';
import { closeAll, descriptors, openDescriptors, socketPair } from '../../support/streams.js';

/** [bytes, descriptors] of each chunk that can be read without waiting. */
function drain(io: DescriptorIo, fd: number, large = false): [number, number][] {
  const chunks: [number, number][] = [];
  for (;;) {
    const got = io.receive(fd, large);
    if (got <= 0) return chunks;
    chunks.push([got, io.fds.length]);
    closeDescriptors(io.fds);
    if (io.onlySeen) io.remove(fd, got);
  }
}

/** Where descriptors came. */
function positions(chunks: readonly [number, number][]): [number, number][] {
  let at = 0;
  const found: [number, number][] = [];
  for (const [length, fds] of chunks) {
    if (fds > 0) found.push([at, fds]);
    at += length;
  }
  return found;
}

function pair(): [number, number] {
  const before = openDescriptors();
  const both = socketPair();
  onTestFinished(() => {
    closeAll(both);
    expect(openDescriptors(), 'descriptors open after the test').toBe(before);
  });
  return both;
}

const io = new DescriptorIo(libc());

function send(fd: number, length: number, count = 0): void {
  const fds = descriptors(count);
  expect(io.send(fd, new Uint8Array(length), fds)).toBe(length);
  closeAll(fds);
}

describe('receive', () => {
  test('gives the bytes before a descriptor on their own, then those that came with it', () => {
    const [a, b] = pair();
    send(a, 60);
    send(a, 40);
    send(a, 50, 1);
    send(a, 10);
    send(a, 5, 2);
    expect(drain(io, b)).toEqual([
      [100, 0],
      [50, 1],
      [10, 0],
      [5, 2],
    ]);
  });

  test.each([false, true])(
    'gives descriptors that come after more bytes than one read takes (large: %s)',
    (large) => {
      const [a, b] = pair();
      for (let each = 0; each < 9; each++) send(a, 10_000);
      send(a, 7, 1);
      expect(positions(drain(io, b, large))).toEqual([[90_000, 1]]);
    },
  );

  test.each([false, true])('is exact for any sequence of segments (large: %s)', (large) => {
    const [a, b] = pair();
    const byteWise = new DescriptorIo(libc(), false);
    const segments = fc.array(fc.tuple(fc.integer({ min: 1, max: 9000 }), fc.nat({ max: 2 })), {
      maxLength: 15,
    });
    fc.assert(
      fc.property(segments, fc.boolean(), (all, exact) => {
        const sent: [number, number][] = [];
        let at = 0;
        for (const [length, fds] of all) {
          if (fds > 0) sent.push([at, fds]);
          at += length;
          send(a, length, fds);
        }
        const chunks = drain(exact ? io : byteWise, b, large);
        expect(positions(chunks)).toEqual(sent);
        expect(chunks.reduce((sum, [length]) => sum + length, 0)).toBe(at);
      }),
      { numRuns: 40 },
    );
  });

  test('marks what it takes close-on-exec', () => {
    const [a, b] = pair();
    send(a, 1, 1);
    expect(io.receive(b, false)).toBe(1);
    const [fd = -1] = io.fds;
    expect(readlinkSync(`/proc/self/fd/${fd}`)).toBe('/dev/null');
    expect(libc().fcntl(fd, 1, 0)).toBe(1);
    closeDescriptors(io.fds);
  });

  test('gives 0 at the end and the negative errno when there is nothing', () => {
    const [a, b] = pair();
    expect(io.receive(b, false)).toBe(-EAGAIN);
    expect(io.receive(b, true)).toBe(-EAGAIN);
    libc().shutdown(a, SHUT_WR);
    expect(io.receive(b, false)).toBe(0);
    expect(io.receive(b, true)).toBe(0);
  });

  test('gives the bytes without any descriptor when the limit of open files is hit', () => {
    const [a, b] = pair();
    send(a, 20, 3);
    send(a, 5, 1);
    const open = openDescriptors();
    const highest = Math.max(...readdirSync('/proc/self/fd').map(Number));
    // Room for a few less than three more, whatever gaps there are below the highest.
    const gaps: number[] = descriptors(highest + 1 - open + 1);
    const limit = limitOpenFiles(Math.max(...gaps) + 2);
    let got: [number, number, boolean];
    try {
      got = [io.receive(b, false), io.fds.length, io.lost];
    } finally {
      limitOpenFiles(limit);
      closeAll(gaps);
    }
    expect(got).toEqual([20, 0, true]);
    expect(openDescriptors()).toBe(open);
    expect([io.receive(b, false), io.fds.length, io.lost]).toEqual([5, 1, false]);
    expect(io.onlySeen).toBe(false);
    closeDescriptors(io.fds);
  });
});

test('send reports a full socket, and nothing went', () => {
  const [a, b] = pair();
  let sent = 0;
  for (;;) {
    const each = io.send(a, new Uint8Array(1000), noDescriptors);
    if (each === -EAGAIN) break;
    sent += each;
  }
  const [fd = -1] = descriptors(1);
  expect(io.send(a, new Uint8Array(1000), [fd])).toBe(-EAGAIN);
  const chunks = drain(io, b, true);
  expect(chunks.reduce((sum, [length]) => sum + length, 0)).toBe(sent);
  expect(positions(chunks)).toEqual([]);
  closeAll([fd]);
});

/** Sets the soft limit, and gives the one before. */
function limitOpenFiles(limit: number): number {
  const library = koffi.load(null);
  const values = new BigUint64Array(2);
  const nofile = 7;
  library.func('getrlimit', 'int', ['int', 'void *'])(nofile, values);
  const before = Number(values[0]);
  values[0] = BigInt(limit);
  expect(library.func('setrlimit', 'int', ['int', 'void *'])(nofile, values)).toBe(0);
  return before;
}
