import { describe, expect, test } from 'vitest';
import { exportPcapng } from '../../src/formats/pcapng.js';
import { MemoryRecording } from '../../src/recording/memory.js';
import { conversation, exported } from '../support/exported.js';
import { recorded } from '../support/recorded.js';

describe('exportPcapng', () => {
  test('is made of whole blocks', () => {
    const recording = recorded(conversation, [`-> {"execute":"${'x'.repeat(300_000)}"}`]);
    const { bytes, omitted } = exported(recording, exportPcapng);
    const types: number[] = [];
    for (let at = 0; at < bytes.length; at += bytes.readUInt32LE(at + 4)) {
      types.push(bytes.readUInt32LE(at));
      const length = bytes.readUInt32LE(at + 4);
      expect(length % 4).toBe(0);
      expect(bytes.readUInt32LE(at + length - 4)).toBe(length);
    }
    expect(types).toEqual([0x0a0d0d0a, 1, ...Array<number>(8).fill(6), 1, 6]);
    expect(omitted).toEqual(['the end of 1 message of more than 256 KiB, which Wireshark would not open']);
  });

  test('says no more of a session than fits', () => {
    const recording = new MemoryRecording();
    const peer = { address: `unix:/${'a'.repeat(70_000)}` };
    recording.openSession(1, {
      label: 'l'.repeat(70_000),
      dialect: 'qmp',
      client: peer,
      server: peer,
      started: 0,
    });
    const { bytes } = exported(recording, exportPcapng);
    const block = bytes.readUInt32LE(4);
    expect(bytes.readUInt32LE(block)).toBe(1);
    const codes: number[] = [];
    for (
      let at = block + 16;
      at < bytes.length - 4;
      at += 4 + Math.ceil(bytes.readUInt16LE(at + 2) / 4) * 4
    ) {
      codes.push(bytes.readUInt16LE(at));
    }
    expect(codes).toEqual([2, 3, 9, 0]);
  });

  test('a packet has its time, direction, dissector, and comment', () => {
    const { bytes } = exported(recorded(['-> {"execute":"stop"}', '<- }']), exportPcapng);
    const packets: Buffer[] = [];
    for (let at = 0; at < bytes.length; at += bytes.readUInt32LE(at + 4)) {
      if (bytes.readUInt32LE(at) === 6) packets.push(bytes.subarray(at, at + bytes.readUInt32LE(at + 4)));
    }
    const [sent, received] = packets.map((packet) => packet.toString('latin1')) as [string, string];
    expect(sent).toContain('\x00\x0c\x00\x04json\x00\x21\x00\x04QMP\0');
    expect(sent).toContain('-> #1 command stop');
    expect(received).toContain('\x00\x0c\x00\x04data');
    expect(received).toContain('<- #2 malformed, ');
    const time = packets.map(
      (packet) => (BigInt(packet.readUInt32LE(12)) << 32n) | BigInt(packet.readUInt32LE(16)),
    );
    expect(time).toEqual([1_795_165_949_001_000_000n, 1_795_165_949_002_000_000n]);
    // The option epb_flags: 2 is outbound, 1 is inbound.
    expect(packets.map((packet) => packet.readUInt32LE(packet.length - 12))).toEqual([2, 1]);
  });
});
