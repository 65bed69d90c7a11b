/** From a captured packet to the TCP segment in it, through the link's and IP's headers. */
import { type Packet, uint } from './packet-reader.js';

/** A binary string for each; numbers are those of TCP. */
export interface Segment {
  /** `10.0.0.1:4444`, `[fd00::1]:4444`. */
  readonly from: string;
  readonly to: string;
  readonly seq: number;
  readonly ack: number | undefined;
  readonly syn: boolean;
  readonly fin: boolean;
  readonly rst: boolean;
  /** As far as it was captured. */
  readonly payload: string;
}

/** `LINKTYPE_…` of what tcpdump and Wireshark capture with. */
const linkType = {
  null: 0,
  ethernet: 1,
  rawOf: [12, 14, 101],
  loop: 108,
  cooked: 113,
  ipv4: 228,
  ipv6: 229,
  cooked2: 276,
} as const;

/** For the user. */
export const linkTypeNames = 'Ethernet, Linux cooked, loopback and raw IP';

const etherType = { ipv4: 0x0800, ipv6: 0x86dd, vlan: [0x8100, 0x88a8, 0x9100] } as const;
/** `AF_INET6` of Linux, the BSDs and macOS. */
const inet6: readonly number[] = [10, 24, 28, 30];
const inet = 2;
const tcp = 6;
const fragmentHeader = 44;
/** IPv6 extension headers whose length is in their second byte. */
const extensions: readonly number[] = [0, 43, 60, 135, 139, 140];

/** Whether packets of this kind of link are read. */
export function isKnownLink(type: number): boolean {
  const { rawOf, ...others } = linkType;
  return (rawOf as readonly number[]).includes(type) || (Object.values(others) as number[]).includes(type);
}

/** Undefined for what is no TCP. `fragment`: a part of one, which IP has cut. */
export function segmentOf(packet: Packet): Segment | 'fragment' | undefined {
  const { data, length } = packet;
  const at = networkOffset(packet);
  if (at === undefined || at >= data.length) return undefined;
  const version = data.charCodeAt(at) >> 4;
  if (version === 4) return ofIPv4(data, at, length);
  return version === 6 ? ofIPv6(data, at, length) : undefined;
}

/** Where IP begins. */
function networkOffset({ data, interface: { linkType: type, isLittle } }: Packet): number | undefined {
  switch (type) {
    case linkType.ethernet:
      return ofEthernet(data, 12);
    case linkType.cooked:
      return ofEthernet(data, 14);
    case linkType.cooked2:
      return isIP(uint(data, 0, 2)) ? 20 : undefined;
    case linkType.null:
      return isInet(uint(data, 0, 4, isLittle)) ? 4 : undefined;
    case linkType.loop:
      return isInet(uint(data, 0, 4)) ? 4 : undefined;
    default:
      return isKnownLink(type) ? 0 : undefined;
  }
}

/** The type stands at `at`, after as many VLAN tags as there are. */
function ofEthernet(data: string, at: number): number | undefined {
  let place = at;
  while ((etherType.vlan as readonly number[]).includes(uint(data, place, 2))) place += 4;
  return isIP(uint(data, place, 2)) ? place + 2 : undefined;
}

const isIP = (type: number): boolean => type === etherType.ipv4 || type === etherType.ipv6;
const isInet = (family: number): boolean => family === inet || inet6.includes(family);

function ofIPv4(data: string, at: number, length: number): Segment | 'fragment' | undefined {
  const header = (data.charCodeAt(at) & 0xf) * 4;
  if (header < 20 || data.charCodeAt(at + 9) !== tcp) return undefined;
  // More fragments, or an offset.
  if ((uint(data, at + 6, 2) & 0x3fff) !== 0) return 'fragment';
  const address = (from: number): string =>
    [0, 1, 2, 3].map((place) => data.charCodeAt(from + place) || 0).join('.');
  // A card that cuts by itself is given a length of 0.
  const total = uint(data, at + 2, 2);
  const end = total === 0 ? length : at + total;
  return ofTcp(data, at + header, end, { from: address(at + 12), to: address(at + 16) });
}

function ofIPv6(data: string, at: number, length: number): Segment | 'fragment' | undefined {
  let next = data.charCodeAt(at + 6);
  let place = at + 40;
  while (extensions.includes(next)) {
    if (place + 2 > data.length) return undefined;
    next = data.charCodeAt(place);
    place += (data.charCodeAt(place + 1) + 1) * 8;
  }
  if (next === fragmentHeader) return data.charCodeAt(place) === tcp ? 'fragment' : undefined;
  if (next !== tcp) return undefined;
  const payload = uint(data, at + 4, 2);
  const end = payload === 0 ? length : at + 40 + payload;
  return ofTcp(data, place, end, { from: ipv6Text(data, at + 8), to: ipv6Text(data, at + 24) });
}

/** RFC 5952, but for the zeros, of which each group keeps one: it is only shown and compared. */
function ipv6Text(data: string, at: number): string {
  const groups = Array.from({ length: 8 }, (_, place) => uint(data, at + 2 * place, 2).toString(16)).join(
    ':',
  );
  return `[${groups.replace(/(?:^|:)0(?::0)+(?::|$)/, '::')}]`;
}

function ofTcp(
  data: string,
  at: number,
  end: number,
  { from, to }: { readonly from: string; readonly to: string },
): Segment | undefined {
  if (at + 20 > data.length) return undefined;
  const header = (data.charCodeAt(at + 12) >> 4) * 4;
  if (header < 20 || at + header > end) return undefined;
  const flags = data.charCodeAt(at + 13);
  return {
    from: `${from}:${uint(data, at, 2)}`,
    to: `${to}:${uint(data, at + 2, 2)}`,
    seq: uint(data, at + 4, 4),
    ack: (flags & 0x10) === 0 ? undefined : uint(data, at + 8, 4),
    syn: (flags & 0x02) !== 0,
    fin: (flags & 0x01) !== 0,
    rst: (flags & 0x04) !== 0,
    payload: data.slice(at + header, end),
  };
}
