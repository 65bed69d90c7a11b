/**
 * Captures of packets (pcap, pcapng): monitors and agents on TCP, put together from their segments, and what
 * `export --format pcapng` writes. Connections of anything else are left out without a word.
 */
import { tryParse } from '../../json/parse.js';
import { isObject } from '../../json/value.js';
import type { Direction } from '../../recording/message.js';
import type { SessionEnd } from '../../recording/session.js';
import { type ImportedSession, type Importer, ImportedTraffic, type ImportTarget } from '../import.js';
import { directionByMembers } from '../reading/direction.js';
import { MessageStream } from '../reading/message-stream.js';
import { binaryBytes } from '../wire.js';
import { ExportedMessages } from './exported-messages.js';
import { type Packet, PacketReader } from './packet-reader.js';
import { linkTypeUpperPdu } from './pcapng-blocks.js';
import { isKnownLink, linkTypeNames, type Segment, segmentOf } from './segment.js';
import { TcpStream } from './tcp-stream.js';

const note = 'from a capture of packets: each message has the time of its last one';
const gap = 'packets are missing in the capture';

/** Of those that are open at once; the oldest is taken for ended. */
const maximumConnections = 20_000;

/** What has come without a line break that ends a message is no monitor's. */
const maximumUnknown = 4 << 20;

/** Bytes before a first message: line breaks, and the 0xFF of an agent's client. */
const maximumPrefix = 64;

interface Side {
  readonly address: string;
  readonly tcp: TcpStream;
  messages: MessageStream;
  dir: Direction | undefined;
  /** It was entered in the middle: what looks like a message may be a part of one. */
  isLost: boolean;
  /** What came before its first message. */
  prefix: string;
  isClosed: boolean;
}

interface Connection {
  readonly sides: readonly [Side, Side];
  session: ImportedSession | undefined;
  /** It speaks something else. */
  isOther: boolean;
  end: { readonly side: Side; readonly how: 'closed' | 'reset' } | undefined;
}

export class CaptureImporter implements Importer {
  readonly #target: ImportTarget;
  readonly #traffic: ImportedTraffic;
  readonly #packets: PacketReader;
  readonly #exported: ExportedMessages;
  /** By both addresses. */
  readonly #connections = new Map<string, Connection>();
  #latest: number | undefined;

  constructor(target: ImportTarget) {
    this.#target = target;
    this.#traffic = new ImportedTraffic(target);
    this.#exported = new ExportedMessages(target, this.#traffic);
    this.#packets = new PacketReader({
      packet: (packet) => {
        this.#take(packet);
      },
      damaged: (number, why) => {
        target.skip(number, `${why}, and all that follows`);
      },
    });
  }

  line(text: string): void {
    this.#packets.push(`${text}\n`);
  }

  end(): void {
    this.#packets.end();
    for (const key of this.#connections.keys()) this.#close(key);
    this.#exported.end();
  }

  #take(packet: Packet): void {
    const { number, micros } = packet;
    const { linkType } = packet.interface;
    this.#latest = micros ?? this.#latest;
    if (linkType === linkTypeUpperPdu) {
      this.#exported.take(packet);
      return;
    }
    if (!isKnownLink(linkType)) {
      this.#target.skip(number, `a packet of link type ${linkType}; ${linkTypeNames} are read`);
      return;
    }
    const segment = segmentOf(packet);
    if (segment === 'fragment') this.#target.skip(number, 'a fragment of a packet, which IP has cut');
    else if (segment !== undefined) this.#segment(segment, packet);
  }

  #segment(segment: Segment, { micros, number }: Packet): void {
    const { from, to, seq, ack, syn, payload } = segment;
    const key = from < to ? `${from} ${to}` : `${to} ${from}`;
    // The same ports are used again.
    if (syn && ack === undefined && this.#connections.has(key)) this.#close(key);
    const connection = this.#connections.get(key) ?? this.#open(key, from, to);
    const [one, other] = connection.sides;
    const [sender, receiver] = one.address === from ? [one, other] : [other, one];
    if (syn) {
      sender.tcp.begin(seq);
      sender.isLost = false;
      sender.messages = this.#messages(connection, sender);
    }
    if (!connection.isOther) {
      sender.tcp.take(syn ? (seq + 1) >>> 0 : seq, payload, micros, number);
      if (ack !== undefined) receiver.tcp.acknowledged(ack);
    }
    if (segment.fin) {
      sender.isClosed = true;
      sender.tcp.finish((seq + payload.length) >>> 0, number);
    }
    if (segment.rst) connection.end ??= { side: sender, how: 'reset' };
    else if (segment.fin) connection.end ??= { side: sender, how: 'closed' };
    if (segment.rst || (one.isClosed && other.isClosed)) this.#close(key);
  }

  #open(key: string, from: string, to: string): Connection {
    const connection: Connection = {
      sides: [this.#side(from, () => connection), this.#side(to, () => connection)],
      session: undefined,
      isOther: false,
      end: undefined,
    };
    for (const side of connection.sides) side.messages = this.#messages(connection, side);
    this.#connections.set(key, connection);
    const [oldest] = this.#connections.keys();
    if (this.#connections.size > maximumConnections && oldest !== undefined) this.#close(oldest);
    return connection;
  }

  #side(address: string, connection: () => Connection): Side {
    const side: Side = {
      address,
      tcp: new TcpStream({
        data: (text, micros) => {
          this.#data(connection(), side, text, micros);
        },
        missing: (_bytes, packet) => {
          const { session } = connection();
          side.messages.lose();
          side.isLost = true;
          if (session === undefined) return;
          session.gap();
          this.#target.skip(
            packet,
            'what a connection sent before this packet and the capture does not have',
          );
        },
      }),
      messages: new MessageStream({ message: () => undefined, between: () => undefined }),
      dir: undefined,
      isLost: true,
      prefix: '',
      isClosed: false,
    };
    return side;
  }

  #data(connection: Connection, side: Side, text: string, micros: number | undefined): void {
    if (connection.isOther) return;
    this.#at = micros;
    side.messages.push(text);
    if (connection.session === undefined && side.messages.size > maximumUnknown) connection.isOther = true;
  }

  /** The time of the segment whose data is taken. */
  #at: number | undefined;

  #messages(connection: Connection, side: Side): MessageStream {
    return new MessageStream(
      {
        message: (text) => {
          if (connection.isOther || !this.#knows(connection, side, text)) return;
          this.#say(connection, side, text);
        },
        between: (text) => {
          if (side.dir !== undefined) this.#say(connection, side, text);
          else if (/^[\s\xff]*$/.test(text) && side.prefix.length + text.length <= maximumPrefix)
            side.prefix += text;
          else connection.isOther = true;
        },
      },
      side.isLost,
    );
  }

  /** By its first message a connection shows what it is, and who is the server. */
  #knows(connection: Connection, side: Side, text: string): boolean {
    if (side.dir !== undefined && !side.isLost) return true;
    const value = tryParse(binaryBytes(text), { nonFinite: true });
    const dir = isObject(value) ? directionByMembers(value) : undefined;
    if (dir === undefined || (side.dir !== undefined && dir !== side.dir)) {
      if (side.isLost) side.messages.lose();
      else connection.isOther = true;
      return false;
    }
    side.isLost = false;
    if (side.dir === undefined) this.#begin(connection, side, dir);
    return true;
  }

  #begin(connection: Connection, side: Side, dir: Direction): void {
    for (const one of connection.sides) one.dir = one === side ? dir : dir === 'c2s' ? 's2c' : 'c2s';
    connection.session = this.#traffic.open({
      dialect: undefined,
      server: connection.sides.find((one) => one.dir === 's2c')?.address,
      started: this.#at,
      note,
      gap,
    });
  }

  #say(connection: Connection, side: Side, text: string): void {
    if (side.dir === undefined) return;
    const bytes = binaryBytes(side.prefix + text);
    side.prefix = '';
    connection.session?.say(side.dir, this.#at, bytes);
  }

  #close(key: string): void {
    const connection = this.#connections.get(key);
    this.#connections.delete(key);
    if (connection === undefined) return;
    const { session, sides, end } = connection;
    for (const side of sides) {
      side.tcp.end();
      this.#at = this.#latest;
      const rest = side.messages.rest();
      if (session !== undefined && rest !== '') this.#say(connection, side, rest);
    }
    if (end === undefined) session?.close(this.#latest, 'cut-off', 'the capture ends here');
    else session?.close(this.#latest, endOf(end.side, end.how));
  }
}

function endOf({ dir }: Side, how: 'closed' | 'reset'): SessionEnd {
  return `${dir === 'c2s' ? 'client' : 'server'}-${how}`;
}
