/**
 * pcapng for Wireshark: each message a packet of the link type for exported PDUs, which names its
 * dissector (`json`), one interface for each session. Direction and kind are in flags and comment.
 * (pcapng specification, "Block Types"; Wireshark, `epan/exported_pdu.h`.)
 */
import type { Message } from '../recording/message.js';
import type { Session } from '../recording/session.js';
import {
  blockType,
  linkTypeUpperPdu,
  option,
  packetDirection,
  pduTag,
  protocolColumn,
} from './capture/pcapng-blocks.js';
import { type ExportedMessage, type ExportInput, withSessions } from './export.js';
import { counted, oneLine } from './plain-text.js';

/** Wireshark refuses a file with a longer packet (`WTAP_MAX_PACKET_SIZE_STANDARD`). */
const maximumPacket = 262_144;

const encoder = new TextEncoder();

/** A capture of the conversation: little-endian, times to the nanosecond. */
export function* exportPcapng(input: ExportInput): Iterable<Uint8Array> {
  yield block(blockType.section, [
    u32(0x1a2b3c4d),
    u16(1, 0),
    u32(0xffff_ffff, 0xffff_ffff), // the section's length is not known
    ...options([[option.application, textOf(input.info.createdBy)]]),
  ]);
  const interfaces = new Map<number, number>();
  let cut = 0;
  for (const entry of withSessions(input)) {
    if (!('message' in entry)) {
      interfaces.set(entry.session.id, interfaces.size);
      yield interfaceBlock(entry.session);
      continue;
    }
    const { message, session } = entry;
    const packet = packetOf(message, session);
    if (packet.length > maximumPacket) cut += 1;
    yield packetBlock(interfaces.get(session.id) ?? 0, packet, entry);
  }
  if (cut > 0)
    input.omit(`the end of ${counted(cut, 'message')} of more than 256 KiB, which Wireshark would not open`);
}

function interfaceBlock({ id, label, client, server }: Session): Uint8Array {
  const name = label === undefined ? `session ${id}` : `session ${id} ${label}`;
  return block(blockType.interface, [
    u16(linkTypeUpperPdu, 0),
    u32(maximumPacket),
    ...options([
      [option.interfaceName, textOf(name)],
      [option.description, textOf(`${client.address} -> ${server.address}`)],
      [option.resolution, Uint8Array.of(9)],
    ]),
  ]);
}

/** The tags that tell Wireshark what it is, then the frame. */
function packetOf({ kind, raw }: Message, { dialect }: Session): Uint8Array {
  const isJson = kind !== 'malformed' && kind !== 'sync' && kind !== 'partial';
  return concatenate([
    ...tag(pduTag.dissector, isJson ? 'json' : 'data'),
    ...tag(pduTag.protocolColumn, protocolColumn[dialect === 'qga' ? 'qga' : 'qmp']),
    ...tag(pduTag.end, ''),
    raw,
  ]);
}

/** Type and length are big-endian here; a text is filled up to a multiple of four. */
function tag(type: number, text: string): Uint8Array[] {
  const value = padded(encoder.encode(text));
  return [Uint8Array.of(type >> 8, type & 0xff, value.length >> 8, value.length & 0xff), value];
}

function packetBlock(
  place: number,
  packet: Uint8Array,
  { message, session, mark }: ExportedMessage,
): Uint8Array {
  const kept = packet.subarray(0, maximumPacket);
  const time = BigInt(session.started) * 1000n + BigInt(Math.round(message.t));
  const way = message.dir === 'c2s' ? packetDirection.outbound : packetDirection.inbound;
  return block(blockType.packet, [
    u32(place, Number(time >> 32n), Number(time & 0xffff_ffffn), kept.length, packet.length),
    padded(kept),
    ...options([
      [option.comment, textOf(commentOn(message))],
      // Wireshark shows each comment of a packet by itself.
      ...(mark === undefined ? [] : [[option.comment, textOf(`marked: ${mark.note ?? ''}`)] as const]),
      [option.flags, u32(way)],
    ]),
  ]);
}

function commentOn({ dir, kind, name, command, seq, replyTo, problem, fds }: Message): string {
  const what = name ?? command;
  const parts = [
    `${dir === 'c2s' ? '->' : '<-'} #${seq} ${kind}${what === undefined ? '' : ` ${what}`}`,
    ...(replyTo === undefined ? [] : [`answers #${replyTo}`]),
    ...(fds > 0 ? [`descriptors: ${fds}`] : []),
    ...(problem === undefined ? [] : [problem]),
  ];
  return parts.join(', ');
}

/** An option's length has sixteen bits, and a text that was recorded any number. */
const longestText = 2_000;

function textOf(text: string): Uint8Array {
  return encoder.encode(oneLine(text.slice(0, longestText)));
}

function options(list: readonly (readonly [code: number, value: Uint8Array])[]): Uint8Array[] {
  return [...list.flatMap(([code, value]) => [u16(code, value.length), padded(value)]), u16(option.end, 0)];
}

function block(type: number, parts: readonly Uint8Array[]): Uint8Array {
  const length = parts.reduce((sum, part) => sum + part.length, 12);
  return concatenate([u32(type, length), ...parts, u32(length)]);
}

function padded(bytes: Uint8Array): Uint8Array {
  if (bytes.length % 4 === 0) return bytes;
  const longer = new Uint8Array(bytes.length + 4 - (bytes.length % 4));
  longer.set(bytes);
  return longer;
}

function u16(...values: number[]): Uint8Array {
  const view = new DataView(new ArrayBuffer(values.length * 2));
  values.forEach((value, place) => {
    view.setUint16(place * 2, value, true);
  });
  return new Uint8Array(view.buffer);
}

function u32(...values: number[]): Uint8Array {
  const view = new DataView(new ArrayBuffer(values.length * 4));
  values.forEach((value, place) => {
    view.setUint32(place * 4, value, true);
  });
  return new Uint8Array(view.buffer);
}

function concatenate(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
