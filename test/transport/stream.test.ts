/** What `Stream` promises, of every kind of connection that there is. */
import { connect, createServer } from 'node:net';
import { once } from 'node:events';
import { describe, expect, onTestFinished, test } from 'vitest';
import { highWater, lowWater, noDescriptors } from '../../src/transport/stream.js';
import type { Stream } from '../../src/transport/stream.js';
import { NodeStream } from '../../src/transport/node/node-stream.js';
import { collect, streamPair, turns } from '../support/streams.js';

async function tcpPair(): Promise<[Stream, Stream]> {
  const server = createServer({ allowHalfOpen: true, pauseOnConnect: true }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  const near = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
  const [far] = (await once(server, 'connection')) as [typeof near];
  server.close();
  const [a, b] = [near, far].map((socket) => new NodeStream(socket, socket, { address: 'tcp' }));
  return [a!, b!];
}

const kinds: readonly (readonly [string, () => Promise<[Stream, Stream]>])[] = [
  ['unix', () => Promise.resolve(streamPair())],
  ['TCP', tcpPair],
];

const filled = (length: number): Uint8Array => new Uint8Array(length).fill(0x78);

describe.each(kinds)('a %s stream', (_kind, make) => {
  async function pair(): Promise<[Stream, Stream]> {
    const both = await make();
    onTestFinished(() => {
      for (const stream of both) stream.destroy();
    });
    return both;
  }

  test('tells who writes too much to wait, and when to go on', async () => {
    const [a, b] = await pair();
    const here = collect(a);
    let written = 0;
    do written += 60_000;
    while (a.write(filled(60_000), noDescriptors));
    expect(written).toBeGreaterThanOrEqual(highWater);
    const there = collect(b);
    await here.until((self) => self.drains > 0);
    await there.until((self) => self.length === written);
    expect(here.drains).toBe(1);
    expect(lowWater).toBeLessThan(highWater);
  });

  test('delivers what was written before its close, and half-closes', async () => {
    const [a, b] = await pair();
    const [here, there] = [collect(a), collect(b)];
    a.write(filled(300_000), noDescriptors);
    a.shutdown();
    await there.until((self) => self.hasEnded);
    expect(there.length).toBe(300_000);
    b.write(filled(100_000), noDescriptors);
    b.close();
    await here.until((self) => self.length === 100_000 && (self.hasEnded || self.goneReason !== null));
    a.close();
    await Promise.all([here.until((self) => self.isClosed), there.until((self) => self.isClosed)]);
  });

  test('reads nothing while it is paused', async () => {
    const [a, b] = await pair();
    const there = collect(b);
    b.pause();
    a.write(filled(10), noDescriptors);
    await turns();
    const before = there.length;
    b.resume();
    await there.until((self) => self.length === 10);
    expect(before).toBe(0);
  });

  test('tells its close once, and takes what comes afterwards without a word', async () => {
    const [a] = await pair();
    let closes = 0;
    const here = collect(a);
    here.closed = () => closes++;
    a.destroy();
    a.destroy();
    a.close();
    a.shutdown();
    a.pause();
    a.resume();
    expect(a.write(filled(10), noDescriptors)).toBe(true);
    await turns();
    expect([closes, here.goneReason, a.isGone()]).toEqual([1, null, true]);
  });

  test('knows that its peer has gone, also before it has begun to read', async () => {
    const [a, b] = await pair();
    a.write(filled(5), noDescriptors);
    a.close();
    const there = collect(b);
    await there.until((self) => self.hasEnded || self.goneReason !== null);
    expect(there.length).toBe(5);
    b.close();
    await there.until((self) => self.isClosed);
    expect(b.isGone()).toBe(true);
  });
});
