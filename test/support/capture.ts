/** Captures of packets, as tcpdump and Wireshark write them, made for tests. */

export type Link = 'ethernet' | 'vlan' | 'cooked' | 'cooked2' | 'null' | 'loop' | 'raw' | 'ipv4' | 'ipv6';
export const links: readonly Link[] = [
  'ethernet', 'vlan', 'cooked', 'cooked2', 'null', 'loop', 'raw', 'ipv4', 'ipv6',
]; // prettier-ignore

export interface Form {
  readonly file: 'pcap' | 'pcapng';
  readonly isLittle: boolean;
  readonly isNano: boolean;
  readonly link: Link;
  readonly ip: 4 | 6;
}

export const plainForm: Form = { file: 'pcapng', isLittle: true, isNano: false, link: 'ethernet', ip: 4 };

export interface TestSegment {
  readonly from: 'client' | 'server';
  readonly seq: number;
  readonly ack?: number;
  /** Of `SFR`. */
  readonly flags?: string;
  readonly data?: string;
  /** Of the client, where there are several. */
  readonly port?: number | undefined;
  /** Microseconds since 1970. */
  readonly micros?: number;
  /** So many bytes were captured. */
  readonly captured?: number;
}

const linkTypes: Readonly<Record<Link, number>> = {
  ethernet: 1, vlan: 1, cooked: 113, cooked2: 276, null: 0, loop: 108, raw: 101, ipv4: 228, ipv6: 229,
}; // prettier-ignore

const big = (value: number, length: number): Buffer => {
  const bytes = Buffer.alloc(length);
  bytes.writeUIntBE(value, 0, length);
  return bytes;
};

function ipPacket({ from, seq, ack, flags = '', data = '', port = 50_000 }: TestSegment, ip: 4 | 6): Buffer {
  const [clientPort, serverPort] = [big(port, 2), big(4444, 2)];
  const bits = (flags.includes('F') ? 1 : 0) + (flags.includes('S') ? 2 : 0) + (flags.includes('R') ? 4 : 0);
  const tcp = Buffer.concat([
    ...(from === 'client' ? [clientPort, serverPort] : [serverPort, clientPort]),
    big(seq >>> 0, 4),
    big((ack ?? 0) >>> 0, 4),
    // With options of four bytes.
    Buffer.of(0x60, bits + (ack === undefined ? 0 : 0x10)),
    Buffer.alloc(6),
    Buffer.alloc(4, 1),
    Buffer.from(data, 'latin1'),
  ]);
  const addresses = (one: Buffer, other: Buffer): Buffer[] =>
    from === 'client' ? [one, other] : [other, one];
  if (ip === 4) {
    const header = Buffer.from([0x45, 0, 0, 0, 0, 1, 0x40, 0, 64, 6, 0, 0]);
    header.writeUInt16BE(20 + tcp.length, 2);
    return Buffer.concat([header, ...addresses(Buffer.of(10, 0, 0, 2), Buffer.of(10, 0, 0, 1)), tcp]);
  }
  const address = (last: number): Buffer =>
    Buffer.concat([Buffer.of(0xfd, 0), Buffer.alloc(13), Buffer.of(last)]);
  // With an extension of eight bytes.
  const header = Buffer.from([0x60, 0, 0, 0, 0, 0, 0, 64]);
  header.writeUInt16BE(8 + tcp.length, 4);
  return Buffer.concat([header, ...addresses(address(2), address(1)), Buffer.of(6, 0), Buffer.alloc(6), tcp]);
}

function frame(segment: TestSegment, { link, ip, isLittle }: Form): Buffer {
  const packet = ipPacket(segment, ip);
  const type = big(ip === 4 ? 0x0800 : 0x86dd, 2);
  const family = big(ip === 4 ? 2 : 30, 4);
  switch (link) {
    case 'ethernet':
      // A short frame is filled up, beyond what IP has.
      return Buffer.concat([
        Buffer.alloc(12, 2),
        type,
        packet,
        Buffer.alloc(Math.max(0, 46 - packet.length)),
      ]);
    case 'vlan':
      return Buffer.concat([Buffer.alloc(12, 2), Buffer.of(0x88, 0xa8, 0, 1, 0x81, 0, 0, 2), type, packet]);
    case 'cooked':
      return Buffer.concat([Buffer.alloc(14), type, packet]);
    case 'cooked2':
      return Buffer.concat([type, Buffer.alloc(18), packet]);
    case 'null':
      return Buffer.concat([isLittle ? family.reverse() : family, packet]);
    case 'loop':
      return Buffer.concat([family, packet]);
    case 'raw':
    case 'ipv4':
    case 'ipv6':
      return packet;
  }
}

/** A whole file. */
export function captureOf(segments: readonly TestSegment[], form: Form = plainForm): Buffer {
  const number = (value: number, length: number): Buffer => {
    const bytes = big(value, length);
    return form.isLittle ? bytes.reverse() : bytes;
  };
  const block = (type: number, body: Buffer): Buffer => {
    const filled = Buffer.concat([body, Buffer.alloc((4 - (body.length % 4)) % 4)]);
    const length = number(filled.length + 12, 4);
    return Buffer.concat([number(type, 4), length, filled, length]);
  };
  const linkType = linkTypes[form.link];
  const perSecond = form.isNano ? 1_000_000_000n : 1_000_000n;
  const pieces: Buffer[] = [];
  if (form.file === 'pcap') {
    const version = [number(2, 2), number(4, 2), number(0, 4), number(0, 4), number(262_144, 4)];
    pieces.push(number(form.isNano ? 0xa1b23c4d : 0xa1b2c3d4, 4), ...version, number(linkType, 4));
  } else {
    pieces.push(
      block(
        0x0a0d0d0a,
        Buffer.concat([number(0x1a2b3c4d, 4), number(1, 2), number(0, 2), Buffer.alloc(8, 0xff)]),
      ),
    );
    const resolution = Buffer.concat([number(9, 2), number(1, 2), Buffer.of(form.isNano ? 9 : 6, 0, 0, 0)]);
    pieces.push(
      block(1, Buffer.concat([number(linkType, 2), number(0, 2), number(0, 4), resolution, number(0, 4)])),
    );
  }
  segments.forEach((segment, at) => {
    const data = frame(segment, form);
    const kept = data.subarray(0, segment.captured ?? data.length);
    const micros = BigInt(segment.micros ?? 1_795_165_200_000_000 + at * 1000);
    const ticks = micros * (perSecond / 1_000_000n);
    if (form.file === 'pcap') {
      const time = [number(Number(ticks / perSecond), 4), number(Number(ticks % perSecond), 4)];
      pieces.push(...time, number(kept.length, 4), number(data.length, 4), kept);
    } else {
      const time = [number(Number(ticks >> 32n), 4), number(Number(ticks & 0xffff_ffffn), 4)];
      const filled = Buffer.concat([kept, Buffer.alloc((4 - (kept.length % 4)) % 4)]);
      pieces.push(
        block(
          6,
          Buffer.concat([number(0, 4), ...time, number(kept.length, 4), number(data.length, 4), filled]),
        ),
      );
    }
  });
  return Buffer.concat(pieces);
}

/** A conversation: what is said in turns, cut into segments of so many bytes, from SYN to FIN. */
export function connection(
  said: readonly (readonly ['client' | 'server', string])[],
  {
    size = 1400,
    port,
    start = { client: 1000, server: 0xffff_fff0 },
  }: {
    readonly size?: number;
    readonly port?: number | undefined;
    readonly start?: Readonly<Record<'client' | 'server', number>>;
  } = {},
): TestSegment[] {
  const next = { client: start.client + 1, server: start.server + 1 };
  const peer = (from: 'client' | 'server'): 'client' | 'server' => (from === 'client' ? 'server' : 'client');
  const segments: TestSegment[] = [
    { from: 'client', seq: start.client, flags: 'S', port },
    { from: 'server', seq: start.server, ack: next.client, flags: 'S', port },
  ];
  for (const [from, text] of said) {
    for (let at = 0; at < text.length; at += size) {
      const data = text.slice(at, at + size);
      segments.push({ from, seq: next[from], ack: next[peer(from)], data, port });
      next[from] += data.length;
    }
  }
  segments.push({ from: 'client', seq: next.client, ack: next.server, flags: 'F', port });
  segments.push({ from: 'server', seq: next.server, ack: next.client + 1, flags: 'F', port });
  return segments;
}
