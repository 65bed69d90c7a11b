import { describe, expect, test } from 'vitest';
import { libc } from '../../src/transport/libc.js';
import { noDescriptors } from '../../src/transport/stream.js';
import { collect, descriptors, openDescriptors, streamPair } from '../support/streams.js';

const text = (each: string): Uint8Array => new TextEncoder().encode(each);
const filled = (length: number, byte = 0x78): Uint8Array => new Uint8Array(length).fill(byte);

describe('bytes and descriptors', () => {
  test('arrive in order, the descriptor with its first byte', async () => {
    const [a, b] = streamPair();
    const there = collect(b);
    a.write(text('plain'), noDescriptors);
    a.write(text('with'), descriptors(1));
    a.write(text('plain'), noDescriptors);
    await there.until((self) => self.length === 14);
    expect(there.bytes.toString()).toBe('plainwithplain');
    expect(there.positions).toEqual([[5, '/dev/null']]);
    a.destroy();
    b.destroy();
  });
});

test('nothing stays open', async () => {
  const before = openDescriptors();
  const [a, b] = streamPair();
  const [here, there] = [collect(a), collect(b)];
  a.write(filled(10), noDescriptors);
  a.shutdown();
  await there.until((self) => self.hasEnded);
  b.close();
  await here.until((self) => self.goneReason === undefined);
  a.close();
  expect([here.isClosed, there.isClosed]).toEqual([true, true]);
  expect(openDescriptors()).toBe(before);
  expect(libc().errno()).toBeTypeOf('number');
});
