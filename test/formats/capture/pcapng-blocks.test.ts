import { expect, test } from 'vitest';
import {
  blockType,
  linkTypeUpperPdu,
  pduTag,
  protocolColumn,
} from '../../../src/formats/capture/pcapng-blocks.js';
import { exportPcapng } from '../../../src/formats/pcapng.js';
import { exported } from '../../support/exported.js';
import { recorded } from '../../support/recorded.js';

test('stand in a file where its specification has them', () => {
  const { bytes } = exported(recorded(['<- {"return": {}}']), exportPcapng);
  const interfaceAt = bytes.readUInt32LE(4);
  const packetAt = interfaceAt + bytes.readUInt32LE(interfaceAt + 4);
  expect([0, interfaceAt, packetAt].map((at) => bytes.readUInt32LE(at))).toEqual([
    blockType.section,
    blockType.interface,
    blockType.packet,
  ]);
  expect(bytes.readUInt16LE(interfaceAt + 8)).toBe(linkTypeUpperPdu);
  const packet = bytes.subarray(packetAt + 28);
  expect(packet.readUInt16BE(0)).toBe(pduTag.dissector);
  expect(packet.readUInt16BE(8)).toBe(pduTag.protocolColumn);
  expect(packet.toString('latin1', 12, 15)).toBe(protocolColumn.qmp);
});
