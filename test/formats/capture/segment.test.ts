import { expect, test } from 'vitest';
import { PacketReader } from '../../../src/formats/capture/packet-reader.js';
import { isKnownLink, segmentOf } from '../../../src/formats/capture/segment.js';
import { captureOf, plainForm } from '../../support/capture.js';

function first(change: (packet: Buffer) => void = () => undefined, ip: 4 | 6 = 4): unknown {
  const file = captureOf([{ from: 'client', seq: 7, ack: 9, flags: 'F', data: 'abc' }], {
    ...plainForm,
    file: 'pcap',
    link: 'raw',
    ip,
  });
  change(file.subarray(40));
  const found: unknown[] = [];
  const reader = new PacketReader({
    packet: (packet) => found.push(segmentOf(packet)),
    damaged: (number, why) => found.push(`${number}: ${why}`),
  });
  reader.push(file.toString('latin1'));
  return found[0];
}

test('what TCP says', () => {
  const said = { seq: 7, ack: 9, syn: false, fin: true, rst: false, payload: 'abc' };
  expect(first()).toEqual({ from: '10.0.0.2:50000', to: '10.0.0.1:4444', ...said });
  expect(first(undefined, 6)).toEqual({ from: '[fd00::2]:50000', to: '[fd00::1]:4444', ...said });
});

test.each([
  ['UDP', (packet: Buffer) => packet.fill(17, 9, 10), undefined],
  ['a fragment', (packet: Buffer) => packet.fill(1, 7, 8), 'fragment'],
  ['a fragment of UDP', (packet: Buffer) => packet.fill(17, 9, 10).fill(1, 7, 8), undefined],
  ['another version', (packet: Buffer) => packet.fill(0x55, 0, 1), undefined],
  ['a header that is longer than the packet', (packet: Buffer) => packet.fill(0xf0, 32, 33), undefined],
])('%s', (_what, change, expected) => {
  expect(first(change)).toBe(expected);
});

test('links', () => {
  expect([0, 1, 12, 14, 101, 108, 113, 228, 229, 276].every(isKnownLink)).toBe(true);
  expect(isKnownLink(252)).toBe(false);
});
