/** The relay between two real sockets: what the peers do is a script of bytes. */
import assert from 'node:assert/strict';
import { Injection } from '../../../src/proxy/injection.js';
import { drive } from '../../../src/transport/session/drive.js';
import type { ListenerEvents } from '../../../src/transport/listener.js';
import type { UnixSocket } from '../../../src/transport/unix/unix-socket.js';
import {
  collect,
  type Collector,
  descriptors,
  openDescriptors,
  streamPair,
  turns,
} from '../../support/streams.js';
import { MemorySink } from '../../support/traffic-sink.js';
import { Source } from '../support/source.js';
import type { Target } from '../target.js';

/** What a peer has done so far. */
interface Peer {
  readonly stream: UnixSocket;
  readonly heard: Collector;
  said: Buffer[];
  length: number;
  /** Where descriptors were sent, and how many. */
  readonly sent: (readonly [at: number, count: number])[];
  /** It says nothing more. */
  ended: boolean;
  /** It is away, maybe with something unread. */
  away: boolean;
}

export const target: Target = {
  holds:
    'what one peer says the other hears, descriptors at their bytes; nothing is left open, whoever leaves when',
  maxLength: 80,
  seeds: () => [
    '\x00\x10\x01',
    '\x00\x10\x01\x01\x20\x02\x05\x04\x01\x09',
    '\x08\x02\xff\x01\x03\x03\x06\x07',
    '\x02\x04\x05\x02\x03\x00',
  ],
  async run(input) {
    await warm();
    const before = openDescriptors();
    const [clientStream, nearClient] = streamPair();
    const [serverStream, nearServer] = streamPair();
    const sink = new MemorySink();
    let connection: ListenerEvents['connection'] = () => undefined;
    const source = new Source(input);
    const proxy = drive({
      clients: {
        address: 'clients',
        notices: [],
        single: true,
        start: (events) => {
          connection = (stream) => {
            events.connection(stream);
          };
        },
        close: () => undefined,
      },
      server: { address: 'server', find: () => Promise.resolve(nearServer), close: () => undefined },
      sink,
      durable: source.below(2) === 1,
      injection: source.below(2) === 1 ? () => new Injection() : undefined,
    });
    connection(nearClient);
    const peers = [peer(clientStream), peer(serverStream)] as const;
    for (let acts = 0; !source.done && acts < 30; acts++) await act(peers, source);
    for (const one of peers) {
      if (one.away) continue;
      one.stream.resume();
      if (!one.ended) one.stream.shutdown();
      one.ended = true;
    }
    await sink.over(1);
    await proxy.finished;
    const [client, server] = peers;
    for (const one of peers) {
      if (one.away) continue;
      await one.heard.until(({ goneReason, hasEnded }) => hasEnded || goneReason !== null);
      one.stream.destroy();
    }
    await turns();
    assertHeard(client, server, sink.session(1).bytes('c2s'));
    assertHeard(server, client, sink.session(1).bytes('s2c'));
    assert.equal(openDescriptors(), before, 'descriptors are left open');
  },
};

let warmed = false;

/** The first pair of sockets opens what the process keeps. */
async function warm(): Promise<void> {
  if (warmed) return;
  warmed = true;
  const [a, b] = streamPair();
  collect(a);
  collect(b);
  a.write(new Uint8Array(1), descriptors(1));
  await turns();
  a.destroy();
  b.destroy();
  await turns();
}

function peer(stream: UnixSocket): Peer {
  return { stream, heard: collect(stream), said: [], length: 0, sent: [], ended: false, away: false };
}

async function act(peers: readonly [Peer, Peer], source: Source): Promise<void> {
  const what = source.below(20);
  const one = peers[what % 2] ?? peers[0];
  switch (what >> 1) {
    case 0:
    case 1:
      say(one, source.below(64) + 1, 0);
      break;
    case 2:
      say(one, source.below(64) + 1, source.below(4));
      break;
    case 3:
      say(one, source.below(65536) * 5 + 1, source.below(3));
      break;
    case 4:
      await turns();
      break;
    case 5:
      if (!one.ended && !one.away) one.stream.shutdown();
      one.ended = true;
      break;
    case 6:
      if (!one.away) one.stream.pause();
      break;
    case 7:
      if (!one.away) one.stream.resume();
      break;
    case 8:
      if (source.below(3) > 0) break;
      one.stream.destroy();
      one.ended = one.away = true;
      break;
    default:
      for (const byte of source.bytes(4)) say(one, 1, byte % 2);
  }
}

function say(one: Peer, length: number, fds: number): void {
  if (one.ended) return;
  const chunk = Buffer.alloc(length, `${one.said.length}:${length},`);
  if (fds > 0) one.sent.push([one.length, fds]);
  one.said.push(chunk);
  one.length += length;
  one.stream.write(chunk, descriptors(fds));
}

/** Everything, unless one of the two left without a word. */
function assertHeard(speaker: Peer, hearer: Peer, kept: Buffer): void {
  const said = Buffer.concat(speaker.said);
  const heard = hearer.heard.bytes;
  const positions = hearer.heard.arrivals.filter(({ fds }) => fds > 0).map(({ at, fds }) => [at, fds]);
  if (!speaker.away && !hearer.away) {
    assert.equal(heard.length, said.length);
    assert.deepEqual(
      positions,
      speaker.sent.map((one) => [...one]),
    );
  }
  assert.ok(heard.equals(said.subarray(0, heard.length)), 'other bytes were heard than said');
  assert.ok(kept.equals(said.subarray(0, kept.length)), 'other bytes were kept than said');
  assert.ok(kept.length >= heard.length, 'more was heard than kept');
  assert.deepEqual(
    positions,
    speaker.sent.slice(0, positions.length).map((one) => [...one]),
  );
}
