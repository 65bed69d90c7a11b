import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { parseAddress } from '../../../src/transport/address.js';
import { dial } from '../../../src/transport/dial.js';
import { drive } from '../../../src/transport/session/drive.js';
import type { Proxy, ProxyEvent, ProxyOptions } from '../../../src/transport/session/drive.js';
import { libc } from '../../../src/transport/unix/libc.js';
import { listen } from '../../../src/transport/listen.js';
import type { Listener } from '../../../src/transport/listener.js';
import { noDescriptors } from '../../../src/transport/stream.js';
import type { Stream } from '../../../src/transport/stream.js';
import { UnixSocket } from '../../../src/transport/unix/unix-socket.js';
import { testFolder } from '../../support/folder.js';
import { collect, descriptors, openDescriptors, socketPair, turns } from '../../support/streams.js';
import type { Collector } from '../../support/streams.js';
import { MemorySink } from '../../support/traffic-sink.js';

/** A server that the test plays: each connection is given to who asks next. */
class Server {
  readonly listener: Listener;
  private readonly came: Stream[] = [];
  private readonly wanted: ((stream: Stream) => void)[] = [];

  private constructor(listener: Listener) {
    this.listener = listener;
    const connection = (stream: Stream): void => {
      const taker = this.wanted.shift();
      if (taker === undefined) this.came.push(stream);
      else taker(stream);
    };
    listener.start({ connection, trouble: (text) => expect.unreachable(text) });
  }

  static async at(address: string): Promise<Server> {
    const server = new Server(await listen(parseAddress(address)));
    onTestFinished(() => {
      server.listener.close();
    });
    return server;
  }

  accept(): Promise<Stream> {
    const stream = this.came.shift();
    return stream === undefined
      ? new Promise((resolve) => this.wanted.push(resolve))
      : Promise.resolve(stream);
  }
}

interface Setup {
  /** Where the clients connect. */
  readonly address: string;
  readonly server: Server;
  readonly proxy: Proxy;
  readonly sink: MemorySink;
  readonly events: ProxyEvent[];
  /** A client, and the server's end of its session. */
  readonly session: () => Promise<[client: Collector, server: Collector]>;
  readonly client: () => Promise<Stream>;
}

type Family = 'unix' | 'tcp';

async function proxied(
  families: readonly [Family, Family] = ['unix', 'unix'],
  options: Partial<ProxyOptions> = {},
): Promise<Setup> {
  const folder = testFolder();
  const address = (family: Family, name: string): string =>
    family === 'unix' ? join(folder, name) : '127.0.0.1:0';
  const server = await Server.at(address(families[1], 'server'));
  const clients = await listen(parseAddress(address(families[0], 'client')));
  const sink = new MemorySink();
  const events: ProxyEvent[] = [];
  const proxy = drive({
    clients,
    server: { dial: parseAddress(server.listener.address) },
    sink,
    onEvent: (event) => events.push(event),
    ...options,
  });
  onTestFinished(() => proxy.stop(0));
  const client = (): Promise<Stream> => dial(parseAddress(clients.address));
  return {
    address: clients.address,
    server,
    proxy,
    sink,
    events,
    client,
    async session() {
      const [near, far] = await Promise.all([client(), server.accept()]);
      return [collect(near), collect(far)];
    },
  };
}

const text = (each: string): Uint8Array => new TextEncoder().encode(each);

/** Ends a session from outside: both peers leave. */
function leave(...peers: readonly Collector[]): void {
  for (const { stream } of peers) stream.destroy();
}

describe('a session', () => {
  test('is relayed and recorded, with who the client is', async () => {
    const { session, sink, events } = await proxied(['unix', 'unix'], { label: 'vm', dialect: 'qmp' });
    const [client, server] = await session();
    server.stream.write(text('greeting'), noDescriptors);
    await client.until((self) => self.length === 8);
    client.stream.write(text('command'), descriptors(2));
    await server.until((self) => self.length === 7);
    server.stream.write(text(' response'), noDescriptors);
    await client.until((self) => self.length === 17);
    client.stream.close();
    const recorded = await sink.over(1);
    expect(server.fds).toBe(2);
    expect(recorded.chunks.map(({ dir, bytes, fds }) => [dir, bytes.toString(), fds])).toEqual([
      ['s2c', 'greeting', 0],
      ['c2s', 'command', 2],
      ['s2c', ' response', 0],
    ]);
    const times = [recorded.opened, ...recorded.chunks.map(({ t }) => t), recorded.closed?.t ?? 0];
    expect(times).toEqual([...times].sort((a, b) => a - b));
    expect(recorded.start).toMatchObject({ label: 'vm', dialect: 'qmp', client: { pid: process.pid } });
    expect(Math.abs(recorded.start.started / 1000 - Date.now())).toBeLessThan(60_000);
    expect(recorded.closed).toMatchObject({ end: 'client-closed', reason: undefined });
    expect(events.map(({ type }) => type)).toEqual(['opened', 'joined', 'closed']);
    await server.until((self) => self.goneReason === undefined);
    leave(server);
  });

  test('is one of many at once, each with its own server', async () => {
    const { session, sink, proxy } = await proxied();
    const all = await Promise.all(Array.from({ length: 20 }, () => session()));
    expect(proxy.sessions).toBe(20);
    all.forEach(([client], index) => client.stream.write(text(`from ${index}`), noDescriptors));
    const heard = await Promise.all(
      all.map(async ([, server]) => {
        await server.until((self) => self.length >= 6);
        return server.bytes.toString();
      }),
    );
    for (const [client, server] of all) leave(client, server);
    await Promise.all(all.map((_, index) => sink.over(index + 1)));
    expect(sink.sessions.map((each) => each.text('c2s')).sort()).toEqual([...heard].sort());
    expect(new Set(heard).size).toBe(20);
  });

  test('ends alone, and leaves the others', async () => {
    const { session, sink } = await proxied();
    const [[client, server], [other, otherServer]] = [await session(), await session()];
    client.stream.pause();
    server.stream.write(text('never read'), noDescriptors);
    await sink.until(({ sessions }) => sessions[0]?.chunks.length === 1);
    await turns();
    client.stream.destroy();
    expect((await sink.over(1)).closed).toMatchObject({
      end: 'client-closed',
      reason: 'it closed before it had read everything',
    });
    await server.until((self) => self.goneReason !== null);
    other.stream.write(text('still here'), noDescriptors);
    await otherServer.until((self) => self.length === 10);
    leave(server, other, otherServer);
  });

  test('says when TCP was reset', async () => {
    const { address, server, sink } = await proxied(['tcp', 'tcp']);
    const { host, port } = parseAddress(address) as { host: string; port: number };
    const near = connect({ host, port });
    const far = collect(await server.accept());
    near.write('hello');
    await far.until((self) => self.length === 5);
    near.resetAndDestroy();
    expect((await sink.over(1)).closed).toEqual({
      t: expect.any(Number) as number,
      end: 'client-reset',
      reason: 'connection reset by peer (ECONNRESET)',
    });
    await far.until((self) => self.goneReason !== null || self.hasEnded);
    leave(far);
  });

  test('without a server says so in one line, and its client is closed', async () => {
    const { server, client, sink, events } = await proxied();
    const { address } = server.listener;
    server.listener.close();
    const left = collect(await client());
    await left.until((self) => self.goneReason !== null);
    const reason = `cannot connect to ${address}: there is no such socket; is the server running?`;
    expect((await sink.over(1)).closed).toMatchObject({ end: 'server-unreachable', reason });
    expect(events.at(-1)).toEqual({ type: 'closed', session: 1, end: 'server-unreachable', reason });
    leave(left);
  });
});

describe('bytes', () => {
  const families = [
    ['unix', 'unix'],
    ['tcp', 'tcp'],
    ['unix', 'tcp'],
    ['tcp', 'unix'],
  ] as const;
  const writes = fc.array(
    fc.record({
      length: fc.oneof(fc.integer({ min: 1, max: 100 }), fc.integer({ min: 1, max: 300_000 })),
      fds: fc.nat({ max: 2 }),
    }),
    { maxLength: 8 },
  );

  /** Writes as a peer that waits when it is behind. */
  async function speak(
    peer: Collector,
    script: readonly { length: number; fds: number }[],
    fds: boolean,
  ): Promise<Buffer> {
    const said: Buffer[] = [];
    for (const { length, fds: count } of script) {
      const chunk = Buffer.alloc(length, `${said.length}:${length},`);
      said.push(chunk);
      const { drains } = peer;
      const more = peer.stream.write(chunk, fds ? descriptors(count) : noDescriptors);
      if (!more) await peer.until((self) => self.drains > drains || self.goneReason !== null);
    }
    return Buffer.concat(said);
  }

  test.each(families)(
    'pass both ways over %s and %s, however they are split and ended',
    async (near, far) => {
      const { session, sink } = await proxied([near, far]);
      const withFds = near === 'unix' && far === 'unix';
      let number = 0;
      await fc.assert(
        fc.asyncProperty(
          writes,
          writes,
          fc.boolean(),
          fc.constantFrom('half', 'close'),
          async (ours, theirs, flip, end) => {
            number++;
            const pair = await session();
            // `quiet` half-closes and reads to the end; `rude` may close altogether as soon as it has spoken.
            const [quiet, rude] = flip ? pair : ([pair[1], pair[0]] as const);
            const dir = flip ? (['c2s', 's2c'] as const) : (['s2c', 'c2s'] as const);
            const [quietSaid, rudeSaid] = await Promise.all([
              speak(quiet, ours, withFds).then((said) => {
                quiet.stream.shutdown();
                return said;
              }),
              speak(rude, theirs, withFds).then((said) => {
                if (end === 'half') rude.stream.shutdown();
                else rude.stream.close();
                return said;
              }),
            ]);
            await quiet.until((self) => self.hasEnded || self.goneReason !== null);
            if (end === 'half') await rude.until((self) => self.hasEnded || self.goneReason !== null);
            leave(quiet, rude);
            const recorded = await sink.over(number);
            expect(quiet.bytes.equals(rudeSaid), 'what the rude one said').toBe(true);
            expect(recorded.bytes(dir[1]).equals(rudeSaid), 'what was recorded of it').toBe(true);
            if (end === 'half') {
              expect(rude.bytes.equals(quietSaid)).toBe(true);
              expect(recorded.bytes(dir[0]).equals(quietSaid)).toBe(true);
              expect(rude.fds).toBe(withFds ? ours.reduce((sum, each) => sum + each.fds, 0) : 0);
            } else {
              expect(quietSaid.subarray(0, rude.length).equals(rude.bytes)).toBe(true);
            }
            expect(quiet.fds).toBe(withFds ? theirs.reduce((sum, each) => sum + each.fds, 0) : 0);
            expect(recorded.closed?.end).toMatch(/^(client|server)-(closed|reset)$/);
          },
        ),
        { numRuns: 40 },
      );
    },
    30_000,
  );

  test('of a peer that leaves while the other does not read still reach the other', async () => {
    const { session, sink } = await proxied();
    const [client, server] = await session();
    server.stream.pause();
    const before = openDescriptors();
    let sent = 0;
    do sent += 60_000;
    while (client.stream.write(new Uint8Array(60_000), noDescriptors) || sent < 3_000_000);
    client.stream.write(text('last'), descriptors(1));
    client.stream.close();
    await sink.until(({ sessions }) => (sessions[0]?.bytes('c2s').length ?? 0) > 1_000_000);
    expect(sink.session(1).closed).toBeUndefined();
    server.stream.resume();
    await server.until((self) => self.goneReason !== null);
    expect([server.length, server.fds]).toEqual([sent + 4, 1]);
    expect((await sink.over(1)).bytes('c2s').length).toBe(sent + 4);
    leave(server);
    expect(openDescriptors()).toBeLessThan(before);
  });

  test('that are on the way when the other side has left are still recorded', async () => {
    const { session, sink } = await proxied();
    const [client, server] = await session();
    const before = openDescriptors();
    client.stream.close();
    server.stream.write(text('too late'), descriptors(3));
    await server.until((self) => self.goneReason !== null);
    expect((await sink.over(1)).text('s2c')).toBe('too late');
    expect(server.goneReason).toBeUndefined();
    expect(openDescriptors()).toBe(before - 3); // the client's end, and both of the proxy's
    leave(server);
  });

  test('wait at their sender while the other side is behind, in bounded memory', async () => {
    const { session, sink } = await proxied();
    const [client, server] = await session();
    client.stream.pause();
    let sent = 0;
    const chunk = new Uint8Array(50_000);
    for (;;) {
      const seen = sink.session(1).bytes('s2c').length;
      while (sent < seen + 3_000_000 && server.stream.write(chunk, noDescriptors)) sent += chunk.length;
      await turns();
      if (sink.session(1).bytes('s2c').length === seen && seen > 0) break;
    }
    // A queue in the proxy, and what the kernel holds on the way to it and from it.
    expect(sink.session(1).bytes('s2c').length).toBeLessThan(2_000_000);
    client.stream.resume();
    server.stream.close();
    await client.until((self) => self.goneReason !== null);
    expect(client.length).toBe(sink.session(1).bytes('s2c').length);
    leave(client);
  });
});

describe('descriptors', () => {
  test('leak none, 1000 in a row, and reach the byte that carried them', async () => {
    const { session } = await proxied();
    const [client, server] = await session();
    const before = openDescriptors();
    const message = text('{"execute":"getfd","arguments":{"fdname":"x"}}\r\n');
    for (let each = 1; each <= 1000; each++) {
      client.stream.write(text('{"execute":"query-status"}\r\n'), noDescriptors);
      client.stream.write(message, descriptors(1));
      if (each % 10 === 0) await server.until((self) => self.fds === each);
    }
    expect(openDescriptors()).toBe(before);
    const command = message.length + 28;
    expect(server.positions.map(([at]) => at)).toEqual(
      Array.from({ length: 1000 }, (_, each) => each * command + 28),
    );
    leave(client, server);
  });

  test('in flight are closed when the session dies', async () => {
    const before = openDescriptors();
    const { session, sink, proxy, server: listening } = await proxied();
    const [client, server] = await session();
    server.stream.pause();
    while (client.stream.write(new Uint8Array(60_000), noDescriptors));
    for (let each = 0; each < 50; each++) client.stream.write(text('x'), descriptors(3));
    await sink.until(({ sessions }) => (sessions[0]?.bytes('c2s').length ?? 0) > 1_000_000);
    leave(client, server);
    await sink.over(1);
    await proxy.stop();
    listening.listener.close();
    expect(openDescriptors()).toBe(before);
  });

  test('that TCP cannot carry are closed, and that is told; the bytes go on', async () => {
    const { session, sink, events } = await proxied(['unix', 'tcp']);
    const [client, server] = await session();
    const before = openDescriptors();
    client.stream.write(text('getfd'), descriptors(2));
    await server.until((self) => self.length === 5);
    await sink.until(({ sessions }) => sessions[0]?.notes.length === 1);
    expect(openDescriptors()).toBe(before);
    expect(events.at(-1)).toMatchObject({
      type: 'trouble',
      session: 1,
      text: expect.stringMatching(/is not a unix socket/) as string,
    });
    expect(sink.session(1).fds('c2s')).toBe(2);
    leave(client, server);
  });
});

describe('a sink that throws', () => {
  test('is told of once, and the traffic goes on', async () => {
    class Broken extends MemorySink {
      override chunk(): void {
        throw new Error('disk on fire');
      }
      override close(): void {
        throw new Error('disk still on fire');
      }
    }
    const { session, events } = await proxied(['unix', 'unix'], { sink: new Broken() });
    const [client, server] = await session();
    for (let each = 1; each <= 10; each++) {
      client.stream.write(text('x'), noDescriptors);
      await server.until((self) => self.length === each);
    }
    leave(client);
    await server.until((self) => self.goneReason !== null);
    leave(server);
    await turns();
    expect(events.map((event) => (event.type === 'sink-failed' ? String(event.error) : event.type))).toEqual([
      'opened',
      'joined',
      'Error: disk on fire',
      'closed',
    ]);
  });

  test('at the beginning of a session loses that session only', async () => {
    class Broken extends MemorySink {
      override open(start: never, t: number): number {
        if (this.sessions.length === 0 && this.failed++ === 0) throw new Error('no');
        return super.open(start, t);
      }
      failed = 0;
    }
    const sink = new Broken();
    const { session } = await proxied(['unix', 'unix'], { sink });
    const [client, server] = await session();
    client.stream.write(text('x'), noDescriptors);
    await server.until((self) => self.length === 1);
    const [next, nextServer] = await session();
    next.stream.write(text('yz'), noDescriptors);
    await nextServer.until((self) => self.length === 2);
    leave(client, server, next, nextServer);
    expect((await sink.over(1)).text('c2s')).toBe('yz');
  });
});

describe('a mistake of ours', () => {
  test('in sending is told of once, and closes nobody', async () => {
    const server = await Server.at(join(testFolder(), 'server'));
    const find = async (): Promise<Stream> => {
      const stream = await dial(parseAddress(server.listener.address));
      stream.write = () => {
        throw new Error('a bug');
      };
      return stream;
    };
    const source = { address: 'somewhere', find, close: () => undefined };
    const { client, sink, events } = await proxied(['unix', 'unix'], { server: source });
    const near = collect(await client());
    const far = collect(await server.accept());
    near.stream.write(text('lost'), noDescriptors);
    await sink.until(({ sessions }) => sessions[0]?.chunks.length === 1);
    near.stream.write(text('lost'), noDescriptors);
    far.stream.write(text('still here'), noDescriptors);
    await near.until((self) => self.length === 10);
    await sink.until(({ sessions }) => sessions[0]?.chunks.length === 3);
    const told = events.filter((event) => event.type === 'trouble').map((event) => event.text);
    expect(told).toEqual([expect.stringMatching(/^internal error, please report it: Error: a bug/)]);
    leave(near, far);
  });

  test('of who listens to events does not touch the traffic', async () => {
    const warned = once(process, 'warning');
    const { session } = await proxied(['unix', 'unix'], {
      onEvent: () => {
        throw new Error('not my fault');
      },
    });
    const [client, server] = await session();
    client.stream.write(text('x'), noDescriptors);
    await server.until((self) => self.length === 1);
    expect(await warned).toEqual([expect.objectContaining({ message: 'not my fault' })]);
    leave(client, server);
  });
});

test.each([
  [false, ['sent', 'recorded']],
  [true, ['recorded', 'sent']],
])('durable %s: a chunk is %j', async (durable, order) => {
  const seen: string[] = [];
  const peers: Collector[] = [];
  class Watching extends MemorySink {
    override chunk(...chunk: Parameters<MemorySink['chunk']>): void {
      // What was sent is in the kernel's hands, and can be read at once.
      peers[1]?.stream.readAvailable();
      if (peers[1]?.length === 1) seen.push('sent');
      seen.push('recorded');
      super.chunk(...chunk);
    }
  }
  const sink = new Watching();
  const { session } = await proxied(['unix', 'unix'], { sink, durable });
  peers.push(...(await session()));
  const [client, server] = peers as [Collector, Collector];
  client.stream.write(text('x'), noDescriptors);
  await sink.until(({ sessions }) => sessions[0]?.chunks.length === 1);
  await server.until((self) => self.length === 1);
  expect([...seen, 'sent'].slice(0, 2)).toEqual(order);
  leave(client, server);
});

describe('stop', () => {
  test('delivers and records what was received, and accepts nobody any more', async () => {
    const { session, sink, proxy, client: connect } = await proxied();
    const [client, server] = await session();
    server.stream.pause();
    const said = Buffer.alloc(900_000, 'last words ');
    client.stream.write(said, noDescriptors);
    await turns();
    const stopped = proxy.stop();
    server.stream.resume();
    await server.until((self) => self.goneReason !== null);
    await stopped;
    const recorded = sink.session(1);
    expect(recorded.closed).toMatchObject({ end: 'stopped' });
    expect(server.bytes.equals(recorded.bytes('c2s'))).toBe(true);
    expect(said.subarray(0, server.length).equals(server.bytes)).toBe(true);
    expect(server.length).toBeGreaterThan(0);
    await expect(connect()).rejects.toMatchObject({ code: 'NO_SERVER' });
    await client.until((self) => self.goneReason !== null);
    leave(client, server);
    expect(proxy.sessions).toBe(0);
  });

  test('right after bytes came loses none that were there', async () => {
    const { session, sink, proxy } = await proxied();
    const [client, server] = await session();
    client.stream.write(text('command'), descriptors(1));
    server.stream.write(text('event'), noDescriptors);
    await proxy.stop();
    await client.until((self) => self.goneReason !== null);
    await server.until((self) => self.goneReason !== null);
    expect([server.bytes.toString(), server.fds, client.bytes.toString()]).toEqual(['command', 1, 'event']);
    expect([sink.session(1).text('c2s'), sink.session(1).text('s2c')]).toEqual(['command', 'event']);
    leave(client, server);
  });

  test('waits for a peer that does not read no longer than the grace', async () => {
    const { session, sink, proxy } = await proxied();
    const [client, server] = await session();
    server.stream.pause();
    while (client.stream.write(new Uint8Array(60_000), noDescriptors));
    await sink.until(({ sessions }) => (sessions[0]?.bytes('c2s').length ?? 0) > 1_000_000);
    await proxy.stop(10);
    expect(sink.session(1).closed).toMatchObject({ end: 'stopped' });
    leave(client, server);
  });

  test('may be called twice, and with nothing to do', async () => {
    const { proxy } = await proxied();
    await Promise.all([proxy.stop(), proxy.stop()]);
    await proxy.stop();
    await proxy.finished;
  });

  test('ends who waits for a server, with what it said recorded', async () => {
    const { sink, proxy, client, events } = await proxied(['unix', 'unix'], {
      server: { listener: await elsewhere() },
    });
    const waiting = collect(await client());
    waiting.stream.write(text('early'), descriptors(1));
    await sink.until(({ sessions }) => sessions.length === 1);
    await turns();
    const before = openDescriptors();
    await proxy.stop();
    expect(openDescriptors()).toBe(before - 3); // both listeners, and the client
    expect(sink.session(1).closed).toMatchObject({ end: 'stopped' });
    expect([sink.session(1).text('c2s'), sink.session(1).fds('c2s')]).toEqual(['early', 1]);
    expect(events.map(({ type }) => type)).toEqual(['opened', 'waiting', 'closed']);
    await waiting.until((self) => self.goneReason !== null);
    leave(waiting);
  });
});

/** A listener of its own. */
async function elsewhere(): Promise<Listener> {
  return listen(parseAddress(join(testFolder(), 'elsewhere')));
}

describe('a server that dials in', () => {
  test('is paired with clients in the order of arrival, whoever comes first', async () => {
    const listener = await elsewhere();
    const { client, sink } = await proxied(['unix', 'unix'], { server: { listener } });
    const dialIn = async (greeting: string): Promise<Collector> => {
      const server = collect(await dial(parseAddress(listener.address)));
      server.stream.write(text(greeting), noDescriptors);
      return server;
    };
    const firstClient = collect(await client());
    await sink.until(({ sessions }) => sessions.length === 1);
    const secondClient = collect(await client());
    await sink.until(({ sessions }) => sessions.length === 2);
    const servers = [await dialIn('one'), await dialIn('two'), await dialIn('three')];
    await firstClient.until((self) => self.length === 3);
    await secondClient.until((self) => self.length === 3);
    const thirdClient = collect(await client());
    await thirdClient.until((self) => self.length === 5);
    expect([firstClient, secondClient, thirdClient].map((each) => each.bytes.toString())).toEqual([
      'one',
      'two',
      'three',
    ]);
    expect(sink.session(1).start.server.address).toBe(listener.address);
    leave(firstClient, secondClient, thirdClient, ...servers);
  });

  test('and leaves before a client comes is passed over', async () => {
    const listener = await elsewhere();
    const { client, sink } = await proxied(['unix', 'unix'], { server: { listener } });
    (await dial(parseAddress(listener.address))).destroy();
    const server = collect(await dial(parseAddress(listener.address)));
    await turns();
    const near = collect(await client());
    near.stream.write(text('hello'), noDescriptors);
    await server.until((self) => self.length === 5);
    leave(near);
    expect((await sink.over(1)).closed).toMatchObject({ end: 'client-closed' });
    leave(server);
  });
});

describe('a client that comes to a monitor that is taken', () => {
  const told = ({ events }: Setup): string[] =>
    events.flatMap((event) => (event.type === 'trouble' ? [`${event.session}: ${event.text}`] : []));

  test('is told who has it, in one line and in its session', async () => {
    const setup = await proxied();
    const [first, server] = await setup.session();
    server.stream.write(text('greeting'), noDescriptors);
    await first.until((self) => self.length === 8);
    // The server lets it in, as QEMU does, and says nothing.
    const [second, silent] = await setup.session();
    await setup.sink.until(({ sessions }) => sessions[1]?.notes.length === 1);
    const program = readFileSync('/proc/self/comm', 'utf8').trimEnd();
    const line = `the server serves one client at a time, and session 1 has it: ${program} (pid ${process.pid}, uid ${process.getuid?.()}); this client waits`;
    expect(setup.sink.session(2).notes).toEqual([line]);
    expect(told(setup)).toEqual([`2: ${line}`]);
    leave(first, server, second, silent);
  });

  test('is told at once where no server is left for it', async () => {
    const listener = await elsewhere();
    const setup = await proxied(['unix', 'unix'], { server: { listener } });
    const server = collect(await dial(parseAddress(listener.address)));
    const first = collect(await setup.client());
    server.stream.write(text('greeting'), noDescriptors);
    await first.until((self) => self.length === 8);
    const second = collect(await setup.client());
    await setup.sink.until(({ sessions }) => sessions[1]?.notes.length === 1);
    expect(told(setup)).toEqual([expect.stringMatching(/^2: .* session 1 has it: .*; this client waits$/)]);
    expect(setup.events.filter(({ type }) => type === 'waiting')).toEqual([]);
    leave(first, second, server);
  });

  test('is not told where the server answers all, or its client is the first', async () => {
    const setup = await proxied();
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    onTestFinished(() => {
      vi.useRealTimers();
    });
    const [first, server] = await setup.session();
    const [second, other] = await setup.session();
    other.stream.write(text('greeting'), noDescriptors);
    await second.until((self) => self.length === 8);
    await turns();
    vi.runAllTimers();
    expect(told(setup)).toEqual([]);
    leave(first, server, second, other);
  });
});

describe('a client that waits for a server', () => {
  test('and gives up is let go, with what it said recorded', async () => {
    const listener = await elsewhere();
    const { client, sink, events } = await proxied(['unix', 'unix'], { server: { listener } });
    const waiting = await client();
    waiting.write(text('anybody?'), noDescriptors);
    await sink.until(({ sessions }) => sessions.length === 1);
    waiting.destroy();
    const session = await sink.over(1);
    expect(session.closed).toMatchObject({
      end: 'client-closed',
      reason: 'it left before a server was free',
    });
    expect(session.text('c2s')).toBe('anybody?');
    expect(events.map(({ type }) => type)).toEqual(['opened', 'waiting', 'closed']);
  });
});

test('a listener with one connection ends the proxy with its session', async () => {
  const folder = testFolder();
  const server = await Server.at(join(folder, 'server'));
  const [near, far] = socketPair();
  const sink = new MemorySink();
  // A number that no test used before: an inherited descriptor is never taken twice.
  const clients = await listen({ kind: 'fd', fd: libc().fcntl(near, 0, 500) });
  libc().close(near);
  const proxy = drive({ clients, server: { dial: parseAddress(server.listener.address) }, sink });
  const client = collect(new UnixSocket(far, { address: 'client' }));
  const back = collect(await server.accept());
  client.stream.write(text('hello'), descriptors(1));
  await back.until((self) => self.fds === 1);
  back.stream.write(text('bye'), noDescriptors);
  back.stream.close();
  await proxy.finished;
  expect(sink.session(1).closed).toMatchObject({ end: 'server-closed' });
  await client.until((self) => self.goneReason !== null);
  expect(client.bytes.toString()).toBe('bye');
  leave(client);
  await proxy.stop();
});
