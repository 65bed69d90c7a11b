/**
 * The packets of a pcap or pcapng file, in either order of bytes, with times in any resolution. Bytes are binary
 * strings, a character for each, and come in pieces of any size.
 */
import { blockType, linkTypeUpperPdu, option } from './pcapng-blocks.js';

/** Where packets were captured. */
export interface CaptureInterface {
  readonly linkType: number;
  /** As the capturing machine has numbers: the loopback's header is in that order. */
  readonly isLittle: boolean;
  readonly name: string | undefined;
  readonly description: string | undefined;
  /** Ticks of a second, and seconds to add. */
  readonly ticks: bigint;
  readonly offset: bigint;
}

export interface Packet {
  /** In the file, from 1, as Wireshark counts. */
  readonly number: number;
  readonly interface: CaptureInterface;
  /** Since 1970; undefined where the file does not tell. */
  readonly micros: number | undefined;
  readonly data: string;
  /** So long it was; `data` may be only its beginning. */
  readonly length: number;
  /** pcapng's flags. */
  readonly flags: number;
}

export interface PacketSink {
  packet(packet: Packet): void;
  /** The file is damaged after this packet, and nothing more is read. */
  damaged(number: number, why: string): void;
}

/** A block of more than this is none: 256 KiB is the most that Wireshark reads of a packet. */
const maximumBlock = 64 << 20;

/** Of a section; our own export has one for each session. */
const maximumInterfaces = 100_000;

/** `\xd4\xc3\xb2\xa1` and its relatives: the order of bytes, and the ticks of a second. */
const pcapMagic: ReadonlyMap<string, { readonly isLittle: boolean; readonly ticks: bigint }> = new Map([
  ['\xd4\xc3\xb2\xa1', { isLittle: true, ticks: 1_000_000n }],
  ['\xa1\xb2\xc3\xd4', { isLittle: false, ticks: 1_000_000n }],
  ['\x4d\x3c\xb2\xa1', { isLittle: true, ticks: 1_000_000_000n }],
  ['\xa1\xb2\x3c\x4d', { isLittle: false, ticks: 1_000_000_000n }],
]);

const pcapngMagic = '\n\r\r\n';
const byteOrderMagic = 0x1a2b3c4d;

/** Whether a file that begins like this is a capture. */
export function isCapture(head: string): boolean {
  return pcapMagic.has(head.slice(0, 4)) || head.startsWith(pcapngMagic);
}

export class PacketReader {
  readonly #sink: PacketSink;
  #pieces: string[] = [];
  #length = 0;
  /** So much has to be there before there is anything to do: of a long block only its end is waited for. */
  #needed = 24;
  #kind: 'unknown' | 'pcap' | 'pcapng' | 'over' = 'unknown';
  #isLittle = true;
  #interfaces: CaptureInterface[] = [];
  #number = 0;

  constructor(sink: PacketSink) {
    this.#sink = sink;
  }

  push(piece: string): void {
    if (this.#kind === 'over') return;
    this.#pieces.push(piece);
    this.#length += piece.length;
    if (this.#length < this.#needed) return;
    const text = this.#pieces.join('');
    let at = 0;
    for (;;) {
      const taken = this.#take(text, at);
      if (taken === 0) break;
      at += taken;
    }
    this.#pieces = [text.slice(at)];
    this.#length = text.length - at;
  }

  end(): void {
    // A line feed may be what the reader of lines has put behind the last one.
    if (this.#kind === 'over' || this.#length === 0 || this.#pieces.join('') === '\n') return;
    this.#fail('the capture ends inside of a packet');
  }

  /** Takes a header, block or packet; gives its length, or 0 where it is not all there. */
  #take(text: string, at: number): number {
    switch (this.#kind) {
      case 'over':
        return 0;
      case 'unknown':
        return this.#begin(text, at);
      case 'pcap':
        return this.#takePacket(text, at);
      case 'pcapng':
        return this.#takeBlock(text, at);
    }
  }

  #has(text: string, at: number, length: number): boolean {
    this.#needed = length;
    return text.length - at >= length;
  }

  #begin(text: string, at: number): number {
    if (!this.#has(text, at, 24)) return 0;
    const classic = pcapMagic.get(text.slice(at, at + 4));
    if (classic === undefined) {
      if (text.startsWith(pcapngMagic, at)) this.#kind = 'pcapng';
      else this.#fail('no capture of packets');
      return this.#take(text, at);
    }
    this.#kind = 'pcap';
    this.#isLittle = classic.isLittle;
    this.#interfaces = [
      {
        // The highest bits are about the frame's check sum.
        linkType: this.#u32(text, at + 20) & 0x0fff_ffff,
        isLittle: classic.isLittle,
        name: undefined,
        description: undefined,
        ticks: classic.ticks,
        offset: 0n,
      },
    ];
    return 24;
  }

  #takePacket(text: string, at: number): number {
    if (!this.#has(text, at, 16)) return 0;
    const [kept, length] = [this.#u32(text, at + 8), this.#u32(text, at + 12)];
    if (kept > maximumBlock) return this.#fail(`a packet of ${kept} bytes`);
    if (!this.#has(text, at, 16 + kept)) return 0;
    const place = this.#interfaces[0];
    if (place === undefined) return 0;
    const ticks = BigInt(this.#u32(text, at)) * place.ticks + BigInt(this.#u32(text, at + 4));
    const data = text.slice(at + 16, at + 16 + kept);
    this.#give({ interface: place, micros: microsOf(ticks, place), data, length, flags: 0 });
    return 16 + kept;
  }

  #takeBlock(text: string, at: number): number {
    if (!this.#has(text, at, 12)) return 0;
    if (text.startsWith(pcapngMagic, at)) {
      const order = text.slice(at + 8, at + 12);
      this.#isLittle = order === '\x4d\x3c\x2b\x1a';
      if (this.#u32(text, at + 8) !== byteOrderMagic)
        return this.#fail('a section without an order of bytes');
      this.#interfaces = [];
    }
    const length = this.#u32(text, at + 4);
    if (length < 12 || length % 4 !== 0 || length > maximumBlock)
      return this.#fail(`a block of ${length} bytes`);
    if (!this.#has(text, at, length)) return 0;
    const type = this.#u32(text, at);
    const body = text.slice(at + 8, at + length - 4);
    if (type === blockType.interface) {
      if (this.#interfaces.length >= maximumInterfaces) return this.#fail('too many interfaces');
      this.#interfaces.push(this.#interface(body));
    }
    if (type === blockType.packet || type === blockType.oldPacket) this.#captured(type, body);
    else if (type === blockType.simplePacket) {
      const place = this.#interfaces[0];
      const data = body.slice(4, 4 + this.#u32(body, 0));
      if (place !== undefined && body.length >= 4)
        this.#give({ interface: place, micros: undefined, data, length: this.#u32(body, 0), flags: 0 });
    }
    return length;
  }

  #captured(type: number, body: string): void {
    if (body.length < 20) return;
    const number = type === blockType.packet ? this.#u32(body, 0) : this.#u16(body, 0);
    const place = this.#interfaces[number];
    if (place === undefined) {
      this.#number += 1;
      return;
    }
    const ticks = (BigInt(this.#u32(body, 4)) << 32n) | BigInt(this.#u32(body, 8));
    const kept = this.#u32(body, 12);
    const flags = this.#options(body, 20 + padded(kept)).get(option.flags) ?? '';
    this.#give({
      interface: place,
      micros: microsOf(ticks, place),
      data: body.slice(20, 20 + kept),
      length: this.#u32(body, 16),
      flags: flags.length === 4 ? this.#u32(flags, 0) : 0,
    });
  }

  #interface(body: string): CaptureInterface {
    const options = this.#options(body, 8);
    const resolution = options.get(option.resolution)?.charCodeAt(0) ?? 6;
    const offset = options.get(option.offset) ?? '';
    // Two to the power of so much, or ten.
    const power = BigInt(Math.min(resolution & 0x7f, 64));
    return {
      linkType: body.length >= 2 ? this.#u16(body, 0) : linkTypeUpperPdu,
      isLittle: this.#isLittle,
      name: options.get(option.interfaceName),
      description: options.get(option.description),
      ticks: (resolution & 0x80) === 0 ? 10n ** power : 2n ** power,
      offset: offset.length === 8 ? BigInt.asIntN(64, this.#u64(offset)) : 0n,
    };
  }

  /** The first of each, by its code. */
  #options(body: string, from: number): ReadonlyMap<number, string> {
    const options = new Map<number, string>();
    for (let at = from; at + 4 <= body.length;) {
      const [code, length] = [this.#u16(body, at), this.#u16(body, at + 2)];
      if (code === option.end) break;
      if (!options.has(code)) options.set(code, body.slice(at + 4, at + 4 + length));
      at += 4 + padded(length);
    }
    return options;
  }

  #give(packet: Omit<Packet, 'number'>): void {
    this.#number += 1;
    this.#sink.packet({ ...packet, number: this.#number });
  }

  #fail(why: string): 0 {
    this.#kind = 'over';
    this.#pieces = [];
    this.#sink.damaged(this.#number + 1, why);
    return 0;
  }

  #u16(text: string, at: number): number {
    return uint(text, at, 2, this.#isLittle);
  }

  #u32(text: string, at: number): number {
    return uint(text, at, 4, this.#isLittle);
  }

  #u64(text: string): bigint {
    const [first, second] = [BigInt(this.#u32(text, 0)), BigInt(this.#u32(text, 4))];
    return this.#isLittle ? (second << 32n) | first : (first << 32n) | second;
  }
}

/** An integer of a number of bytes; missing bytes count as 0. */
export function uint(text: string, at: number, length: number, isLittle = false): number {
  let value = 0;
  for (let place = 0; place < length; place++) {
    value = value * 256 + (text.charCodeAt(isLittle ? at + length - 1 - place : at + place) || 0);
  }
  return value;
}

function microsOf(ticks: bigint, { ticks: perSecond, offset }: CaptureInterface): number | undefined {
  const micros = Number((ticks * 1_000_000n) / perSecond + offset * 1_000_000n);
  return Number.isSafeInteger(micros) ? micros : undefined;
}

function padded(length: number): number {
  return length + ((4 - (length % 4)) % 4);
}
