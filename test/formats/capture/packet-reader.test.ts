import { expect, test } from 'vitest';
import { isCapture, type Packet, PacketReader } from '../../../src/formats/capture/packet-reader.js';
import { captureOf, plainForm } from '../../support/capture.js';

function read(file: string, size = file.length): { packets: Packet[]; damage: string[] } {
  const packets: Packet[] = [];
  const damage: string[] = [];
  const reader = new PacketReader({
    packet: (packet) => packets.push(packet),
    damaged: (number, why) => damage.push(`${number}: ${why}`),
  });
  for (let at = 0; at < file.length; at += size) reader.push(file.slice(at, at + size));
  reader.end();
  return { packets, damage };
}

const two = [
  { from: 'client', seq: 1, data: 'a\n\nb' },
  { from: 'server', seq: 1, data: 'c', micros: 1_795_165_200_123_456 },
] as const;

test.each(['pcap', 'pcapng'] as const)('%s, in pieces of any size', (kind) => {
  const file = captureOf(two, { ...plainForm, file: kind, isNano: true }).toString('latin1');
  expect(isCapture(file)).toBe(true);
  const whole = read(file);
  expect(whole.packets.map(({ number, micros }) => [number, micros])).toEqual([
    [1, 1_795_165_200_000_000],
    [2, 1_795_165_200_123_456],
  ]);
  for (const size of [1, 2, 7, 64]) expect(read(file, size)).toEqual(whole);
});

test('a resolution of two to the power, and an offset', () => {
  const file = captureOf(two.slice(0, 1));
  const interfaceAt = file.readUInt32LE(4);
  // In the place of six: 2^20 ticks a second.
  file[interfaceAt + 20] = 0x80 + 20;
  const [packet] = read(file.toString('latin1')).packets;
  expect(packet?.interface.ticks).toBe(2n ** 20n);
  expect(packet?.micros).toBe(Number((1_795_165_200_000_000n * 1_000_000n) / 2n ** 20n));
});

test('sections in different orders of bytes', () => {
  const files = [true, false].map((isLittle) =>
    captureOf(two, { ...plainForm, isLittle }).toString('latin1'),
  );
  expect(read(files.join('')).packets.map(({ number }) => number)).toEqual([1, 2, 3, 4]);
});

test.each([
  [
    'a block that is too long',
    (file: Buffer) => file.writeUInt32LE(0x7fff_fff0, 4),
    /^1: a block of 2147483632 bytes$/,
  ],
  ['a block of no length', (file: Buffer) => file.writeUInt32LE(0, 4), /^1: a block of 0 bytes$/],
  ['no order of bytes', (file: Buffer) => file.writeUInt32LE(5, 8), /^1: a section without/],
])('%s', (_what, change, says) => {
  const file = captureOf(two);
  change(file);
  const { packets, damage } = read(file.toString('latin1'));
  expect(packets).toEqual([]);
  expect(damage.join()).toMatch(says);
});

test('many line feeds in a packet cost no more than other bytes', () => {
  const file = captureOf([{ from: 'client', seq: 1, data: '\n'.repeat(60_000) }]).toString('latin1');
  expect(read(file, 1).packets).toHaveLength(1);
});
