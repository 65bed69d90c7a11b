import { runInNewContext } from 'node:vm';
import { setFlagsFromString } from 'node:v8';
import fc from 'fast-check';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { descriptorIo } from '../../../src/transport/unix/descriptors.js';
import { FIONREAD, MSG_OOB, SHUT_RD, libc } from '../../../src/transport/unix/libc.js';
import { noDescriptors } from '../../../src/transport/stream.js';
import type { UnixSocket } from '../../../src/transport/unix/unix-socket.js';
import { collect, descriptors, openDescriptors, streamPair, turns } from '../../support/streams.js';

const text = (each: string): Uint8Array => new TextEncoder().encode(each);
const filled = (length: number, byte = 0x78): Uint8Array => new Uint8Array(length).fill(byte);

/** A pair that is destroyed with the test, which must leave no descriptor behind. */
function pair(): [UnixSocket, UnixSocket] {
  const before = openDescriptors();
  const [a, b] = streamPair();
  onTestFinished(() => {
    a.destroy();
    b.destroy();
    expect(openDescriptors(), 'descriptors open after the test').toBe(before);
  });
  return [a, b];
}

/** Writes until the stream is behind. */
function fill(stream: UnixSocket, chunk: Uint8Array): number {
  let written = chunk.length;
  while (stream.write(chunk, noDescriptors)) written += chunk.length;
  return written;
}

describe('descriptors', () => {
  test('come on the byte that they were sent on, however the kernel joins the bytes before it', async () => {
    const [a, b] = pair();
    for (const length of [60, 40]) a.write(filled(length), noDescriptors);
    a.write(filled(50), descriptors(1));
    a.write(filled(30), noDescriptors);
    a.write(filled(1), descriptors(2));
    a.write(filled(1), descriptors(1));
    a.write(filled(70_000), noDescriptors);
    a.write(filled(5), descriptors(1));
    const there = collect(b);
    await there.until((self) => self.length === 70_187);
    expect(there.positions).toEqual([
      [100, '/dev/null'],
      [180, '/dev/null', '/dev/null'],
      [181, '/dev/null'],
      [70_182, '/dev/null'],
    ]);
  });

  test('keep their place for any sequence of writes, read at once or late', async () => {
    const writes = fc.array(
      fc.record({
        length: fc.oneof(
          { weight: 4, arbitrary: fc.integer({ min: 1, max: 200 }) },
          fc.integer({ min: 1, max: 150_000 }),
        ),
        fds: fc.oneof({ weight: 3, arbitrary: fc.constant(0) }, fc.integer({ min: 1, max: 3 })),
        late: fc.boolean(),
      }),
      { maxLength: 20 },
    );
    await fc.assert(
      fc.asyncProperty(writes, async (all) => {
        const [a, b] = streamPair();
        const [here, there] = [collect(a), collect(b)];
        let sent = 0;
        const positions: (readonly [number, ...string[]])[] = [];
        for (const { length, fds, late } of all) {
          if (fds > 0) positions.push([sent, ...Array.from({ length: fds }, () => '/dev/null')]);
          sent += length;
          if (!a.write(filled(length, sent & 0xff), descriptors(fds)))
            await here.until((self) => self.drains > 0);
          if (!late) await there.until((self) => self.length === sent);
        }
        await there.until((self) => self.length === sent);
        expect(there.positions).toEqual(positions);
        a.destroy();
        b.destroy();
      }),
      { numRuns: 60 },
    );
  });

  test('come as many as the kernel takes in one message, 253', async () => {
    const [a, b] = pair();
    const there = collect(b);
    a.write(text('x'), descriptors(253));
    a.write(text('y'), descriptors(1));
    await there.until((self) => self.length === 2);
    expect(there.arrivals.map((each) => each.fds)).toEqual([253, 1]);
  });

  test('stay on the first byte of a chunk that the socket takes in pieces', async () => {
    const [a, b] = pair();
    a.write(filled(10), noDescriptors);
    a.write(filled(700_000), descriptors(2));
    a.write(filled(700_000), descriptors(1));
    const there = collect(b);
    await there.until((self) => self.length === 1_400_010);
    expect(there.positions.map(([at, ...names]) => [at, names.length])).toEqual([
      [10, 2],
      [700_010, 1],
    ]);
  });

  test('are not gathered without bound for a peer that does not read', async () => {
    const [a, b] = pair();
    // More than the kernel takes, and less than makes the writer wait.
    for (let written = 0; written < 600_000; written += 60_000)
      expect(a.write(filled(60_000), [])).toBe(true);
    const before = openDescriptors();
    let writes = 1;
    while (a.write(text('x'), descriptors(10))) writes += 1;
    expect(openDescriptors() - before).toBe(10 * writes);
    expect(writes).toBe(7);
    const [here, there] = [collect(a), collect(b)];
    await here.until((self) => self.drains > 0);
    await there.until((self) => self.length === 600_000 + writes);
    expect(there.fds).toBe(10 * writes);
  });

  test('wait in the queue with their bytes while the peer does not read', async () => {
    const [a, b] = pair();
    const here = collect(a);
    const at = fill(a, filled(60_000));
    const expected: number[] = [];
    for (let each = 0; each < 20; each++) {
      expected.push(at + 110 * each);
      a.write(filled(10), descriptors(1));
      a.write(filled(100), noDescriptors);
    }
    const there = collect(b);
    await there.until((self) => self.length === at + 2200);
    await here.until((self) => self.drains > 0);
    expect(there.positions.map(([position]) => position)).toEqual(expected);
  });

  test('are closed when the stream is destroyed with them in its queue', () => {
    const [a] = pair();
    fill(a, filled(60_000));
    const before = openDescriptors();
    a.write(filled(10), descriptors(5));
    expect(openDescriptors()).toBe(before + 5);
    a.destroy();
    expect(openDescriptors()).toBe(before - 1);
  });

  test('are closed when nobody can take them any more', async () => {
    const [a, b] = pair();
    const here = collect(a);
    b.destroy();
    await here.until((self) => self.goneReason !== null);
    const before = openDescriptors();
    a.write(text('x'), descriptors(1));
    a.write(text(''), descriptors(1));
    a.destroy();
    a.write(text('x'), descriptors(1));
    expect(openDescriptors()).toBe(before - 1);
  });

  test('leak none of 1000 in a row', async () => {
    const [a, b] = pair();
    const there = collect(b);
    const before = openDescriptors();
    for (let each = 1; each <= 1000; each++) {
      a.write(text('{"execute":"getfd"}\r\n'), descriptors(1));
      await there.until((self) => self.fds === each);
    }
    expect(openDescriptors()).toBe(before);
  });

  test('do not end the stream early: 5 bytes with one, then 100 kB, then the close', async () => {
    const [a, b] = pair();
    a.write(filled(5), descriptors(1));
    a.write(filled(100_000), noDescriptors);
    a.close();
    const there = collect(b);
    await there.until((self) => self.goneReason !== null);
    expect(there.length).toBe(100_005);
    expect(there.positions).toEqual([[0, '/dev/null']]);
  });
});

describe('bytes', () => {
  test('arrive as they were sent, in chunks of any size, behind back-pressure', async () => {
    const [a, b] = pair();
    const here = collect(a);
    const all: Buffer[] = [];
    for (let size = 1; size < 4_000_000; size = size * 3 + 1) {
      const chunk = Buffer.alloc(size, `${size} `);
      all.push(chunk);
      const drains = here.drains;
      if (!a.write(chunk, noDescriptors)) {
        const there = size < 500_000 ? undefined : collect(b);
        await here.until((self) => self.drains > drains);
        if (there !== undefined) {
          const total = Buffer.concat(all);
          a.shutdown();
          await there.until((self) => self.hasEnded);
          expect(there.bytes.equals(total)).toBe(true);
          return;
        }
      }
    }
    throw new Error('never behind');
  });

  test('are not the caller’s any more once they are written', async () => {
    const [a, b] = pair();
    const chunk = filled(60_000, 1);
    const total = fill(a, chunk);
    chunk.fill(2);
    const there = collect(b);
    await there.until((self) => self.length === total);
    expect(there.bytes.every((byte) => byte === 1)).toBe(true);
  });

  test('written while the stream is behind do not hide that there will be room again', async () => {
    const [a, b] = pair();
    const here = collect(a);
    let total = fill(a, filled(60_000));
    const there = collect(b);
    await there.until((self) => {
      if (self.length > 400_000) b.pause();
      return self.length > 400_000;
    });
    await turns();
    total += 1;
    expect(a.write(text('x'), noDescriptors)).toBe(false);
    b.resume();
    await there.until((self) => self.length === total);
    expect(here.drains).toBe(1);
  });

  test('wait while the reader pauses, and come when it resumes', async () => {
    const [a, b] = pair();
    const there = collect(b);
    a.write(text('one'), noDescriptors);
    await there.until((self) => self.length === 3);
    b.pause();
    a.write(text('two'), noDescriptors);
    await turns();
    expect(there.length).toBe(3);
    b.resume();
    await there.until((self) => self.length === 6);
  });

  test('are taken out of the socket before they are given, where somebody has a copy of it', async () => {
    const [a, b] = pair();
    const queued = new Int32Array([-1]);
    b.takeFirst();
    const given = new Promise<string>((resolve) => {
      const nothing = (): void => undefined;
      const data = (chunk: Uint8Array): void => {
        libc().ioctl(b.fd, FIONREAD, queued);
        resolve(Buffer.from(chunk).toString());
      };
      b.start({ data, ended: nothing, gone: nothing, drained: nothing, closed: nothing, note: nothing });
    });
    a.write(text('small'), noDescriptors);
    expect(await given).toBe('small');
    expect(queued[0]).toBe(0);
  });

  test('that are there already can be asked for', () => {
    const [a, b] = pair();
    const there = collect(b);
    for (let each = 0; each < 30; each++) a.write(filled(1000), descriptors(1));
    b.readAvailable();
    expect([there.length, there.fds]).toEqual([30_000, 30]);
  });
});

describe('an urgent byte (MSG_OOB)', () => {
  const sendUrgent = (stream: UnixSocket): void => {
    expect(libc().send(stream.fd, text('!'), 1, MSG_OOB)).toBe(1);
  };

  test('wakes the reader once, not for ever, and is told once', async () => {
    const [a, b] = pair();
    const there = collect(b);
    const reads = vi.spyOn(descriptorIo(), 'receive');
    onTestFinished(() => {
      reads.mockRestore();
    });
    for (let each = 0; each < 3; each++) {
      sendUrgent(a);
      for (let round = 0; round < 20; round++) await turns();
      expect(reads.mock.calls.length).toBeLessThanOrEqual(2 * (each + 1));
    }
    expect(there.notes).toEqual([expect.stringMatching(/^an urgent byte \(MSG_OOB\) was not passed on/)]);
    expect(there.length).toBe(0);
  });

  test('is left out where it stands, before, between and behind bytes and descriptors', async () => {
    const [a, b] = pair();
    const there = collect(b);
    sendUrgent(a);
    a.write(text('one'), descriptors(1));
    await there.until((self) => self.length === 3);
    // A second one while the first is not read would make the first an ordinary byte (unix(7) of Linux 5.15).
    a.write(text('t'), noDescriptors);
    sendUrgent(a);
    a.write(text('wo'), noDescriptors);
    await there.until((self) => self.length === 6);
    sendUrgent(a);
    for (let round = 0; round < 20; round++) await turns();
    a.write(text('three'), descriptors(2));
    a.shutdown();
    await there.until((self) => self.hasEnded);
    expect(there.bytes.toString()).toBe('onetwothree');
    expect(there.positions.map(([at, ...names]) => [at, names.length])).toEqual([
      [0, 1],
      [6, 2],
    ]);
  });

  test('does not wake a reader that is paused', async () => {
    const [a, b] = pair();
    const there = collect(b);
    b.pause();
    sendUrgent(a);
    const reads = vi.spyOn(descriptorIo(), 'receive');
    onTestFinished(() => {
      reads.mockRestore();
    });
    for (let round = 0; round < 20; round++) await turns();
    expect(reads).not.toHaveBeenCalled();
    b.resume();
    a.write(text('x'), noDescriptors);
    await there.until((self) => self.length === 1);
  });
});

test('a writer that waits for room is told to go on when the peer takes no more, though it may still send', async () => {
  const [a, b] = pair();
  const [here, there] = [collect(a), collect(b)];
  b.pause();
  fill(a, filled(60_000));
  expect(libc().shutdown(b.fd, SHUT_RD)).toBe(0);
  b.resume();
  await here.until((self) => self.drains === 1);
  expect(here.goneReason).toBeNull();
  b.write(text('still here'), noDescriptors);
  await here.until((self) => self.length === 10);
  expect(there.hasEnded).toBe(true);
});

describe('the end', () => {
  test('of one direction comes behind its bytes, and leaves the other open', async () => {
    const [a, b] = pair();
    const [here, there] = [collect(a), collect(b)];
    const total = fill(a, filled(60_000));
    a.shutdown();
    await there.until((self) => self.hasEnded);
    expect(there.length).toBe(total);
    expect(there.goneReason).toBeNull();
    b.write(text('still here'), noDescriptors);
    await here.until((self) => self.length === 10);
    b.shutdown();
    await here.until((self) => self.goneReason === undefined);
  });

  test('of the peer is told apart from a half-close', async () => {
    const [a, b] = pair();
    const there = collect(b);
    a.write(text('last words'), noDescriptors);
    a.close();
    await there.until((self) => self.goneReason !== null);
    expect(there.bytes.toString()).toBe('last words');
    expect([there.hasEnded, there.goneReason]).toEqual([false, undefined]);
  });

  test('of a peer that half-closed before is noticed too', async () => {
    const [a, b] = pair();
    const there = collect(b);
    a.shutdown();
    await there.until((self) => self.hasEnded);
    expect(b.isGone()).toBe(false);
    a.destroy();
    await there.until((self) => self.goneReason === undefined);
  });

  test.each([false, true])(
    'with bytes unread by the peer is said so, behind all it sent (paused: %s)',
    async (paused) => {
      const [a, b] = pair();
      const there = collect(b);
      b.pause();
      // Each is a read of its own, so that there is more than a turn's worth.
      for (let each = 0; each < 100; each++) a.write(filled(3), descriptors(1));
      b.write(text('never read'), noDescriptors);
      if (!paused) b.resume();
      a.destroy();
      await turns();
      if (paused) b.resume();
      await there.until((self) => self.goneReason !== null);
      expect([there.length, there.fds]).toEqual([300, 100]);
      expect(there.goneReason).toBe('it closed before it had read everything');
    },
  );

  test('that comes while we wait to write, and do not read, is told when we read again', async () => {
    const [a, b] = pair();
    const here = collect(a);
    a.pause();
    fill(a, filled(60_000));
    b.write(text('said'), noDescriptors);
    b.destroy();
    await turns();
    expect(here.length).toBe(0);
    a.resume();
    await here.until((self) => self.goneReason !== null);
    expect(here.bytes.toString()).toBe('said');
  });

  test('is not told before everything the peer sent was read, though writing fails first', async () => {
    const [a, b] = pair();
    const there = collect(b);
    b.pause();
    const total = fill(a, filled(1000));
    a.readAvailable();
    a.close();
    b.resume();
    await there.until((self) => self.length > 0);
    while (there.goneReason === null) {
      b.write(text('x'), descriptors(1));
      await there.until((self) => self.length === total || self.goneReason !== null);
      await turns();
    }
    expect(there.length).toBe(total);
  });

  test('made from inside `data` is no reset to the peer, for its bytes were read', async () => {
    const [a, b] = pair();
    const here = collect(a);
    void collect(b).until((self) => {
      if (self.length > 0) b.close();
      return self.isClosed;
    });
    a.write(text('{"execute":"quit"}'), noDescriptors);
    await here.until((self) => self.goneReason !== null);
    expect(here.goneReason).toBeUndefined();
  });

  test('by close waits for what was written, by destroy does not', async () => {
    const [a, b] = pair();
    const here = collect(a);
    const total = fill(a, filled(60_000));
    a.close();
    expect(here.isClosed).toBe(false);
    const there = collect(b);
    await here.until((self) => self.isClosed);
    await there.until((self) => self.goneReason === undefined);
    expect(there.length).toBe(total);
    const [c, d] = pair();
    const after = collect(c);
    fill(c, filled(60_000));
    c.destroy();
    c.destroy();
    expect(after.isClosed).toBe(true);
    d.destroy();
  });

  test('may be made by us from inside any event', async () => {
    const [a, b] = pair();
    const there = collect(b);
    const seen = there.until((self) => {
      if (self.length > 0) b.destroy();
      return self.isClosed;
    });
    a.write(filled(200_000), noDescriptors);
    await seen;
    b.resume();
    b.pause();
    b.shutdown();
    b.close();
    b.readAvailable();
    expect(b.isGone()).toBe(true);
  });
});

test('a stream that nobody refers to goes on working', async () => {
  setFlagsFromString('--expose-gc');
  const gc = runInNewContext('gc') as () => void;
  const before = openDescriptors();
  const here = collect(joinedWithAnEcho());
  for (let each = 1; each <= 20; each++) {
    await turns();
    gc();
    here.stream.write(text('x'), noDescriptors);
    await here.until((self) => self.length === each);
  }
  here.stream.destroy();
  while (openDescriptors() > before) await turns();
});

/** One end of a pair; nothing but the event loop holds the other, which sends back what comes. */
function joinedWithAnEcho(): UnixSocket {
  const [a, b] = streamPair();
  b.start({
    data: (chunk, fds) => b.write(chunk, fds),
    ended: () => undefined,
    gone: () => {
      b.destroy();
    },
    drained: () => undefined,
    closed: () => undefined,
    note: () => undefined,
  });
  return a;
}

test('promises of an event’s listener are settled before the next event', async () => {
  const [a, b] = pair();
  const there = collect(b);
  a.write(text('x'), noDescriptors);
  const order: string[] = [];
  await there.until((self) => {
    if (self.length === 0) return false;
    void Promise.resolve().then(() => order.push('promise'));
    setImmediate(() => order.push('immediate'));
    return true;
  });
  await turns();
  expect(order).toEqual(['promise', 'immediate']);
});
