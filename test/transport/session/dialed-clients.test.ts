import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { UsageError } from '../../../src/errors.js';
import { parseAddress } from '../../../src/transport/address.js';
import { dial } from '../../../src/transport/dial.js';
import { listen } from '../../../src/transport/listen.js';
import type { Listener } from '../../../src/transport/listener.js';
import { dialedClients, ServerFirst } from '../../../src/transport/session/dialed-clients.js';
import { dialedServer, listeningServers } from '../../../src/transport/session/server-source.js';
import type { Stream } from '../../../src/transport/stream.js';
import { testFolder } from '../../support/folder.js';
import { until } from '../../support/until.js';

/** Starts it, and keeps what it gives and tells. */
function started(listener: Listener): { connections: Stream[]; troubles: string[] } {
  const [connections, troubles]: [Stream[], string[]] = [[], []];
  listener.start({
    connection: (stream) => connections.push(stream),
    trouble: (text) => troubles.push(text),
  });
  onTestFinished(() => {
    listener.close();
    for (const stream of connections) stream.destroy();
  });
  return { connections, troubles };
}

/** Accepts whoever connects; how many have. */
async function listening(path: string): Promise<{ server: Server; accepted: () => number }> {
  let accepted = 0;
  const server = createServer((socket) => {
    accepted++;
    socket.on('error', () => undefined);
    onTestFinished(() => void socket.destroy());
  });
  await new Promise<void>((resolve) => server.listen(path, resolve));
  onTestFinished(() => void server.close());
  return { server, accepted: () => accepted };
}

describe('a client that listens', () => {
  test('is waited for, connected to, and again only when its session is over', async () => {
    const path = join(testFolder(), 'c.sock');
    const listener = dialedClients(parseAddress(path));
    const { connections, troubles } = started(listener);
    await until('the line', () => troubles.length > 0);
    expect(troubles).toEqual([`waiting for the client: nobody listens at unix:${path} yet`]);
    const { accepted } = await listening(path);
    await until('the connection', () => connections.length === 1);
    expect(listener).toMatchObject({ address: `unix:${path}`, single: false });
    connections[0]!.destroy();
    listener.next?.();
    await until('the next', () => connections.length === 2 && accepted() === 2);
    expect(troubles).toHaveLength(1);
    listener.close();
    listener.next?.();
  });

  test('that may not be connected to is told of once, and tried again', async () => {
    const file = join(testFolder(), 'file');
    writeFileSync(file, '');
    const path = join(file, 'c.sock');
    const { connections, troubles } = started(dialedClients(parseAddress(path), { pauseMs: 1 }));
    await until('the line', () => troubles.length > 0);
    rmSync(file);
    mkdirSync(file);
    await listening(path);
    await until('the connection', () => connections.length === 1);
    expect(troubles[0]).toMatch(/^cannot connect to the client at unix:.*: not a directory.*; trying again$/);
    expect(new Set(troubles).size).toBe(troubles.length);
  });

  test.each(['stdio', 'fd:3'])('%s is none', (text) => {
    expect(() => dialedClients(parseAddress(text))).toThrow(UsageError);
  });
});

describe('a server that is found first', () => {
  test('no client is connected to without one, and the session gets that one', async () => {
    const folder = testFolder();
    const [client, place] = [join(folder, 'c.sock'), join(folder, 's.sock')];
    const { accepted } = await listening(client);
    const server = new ServerFirst(dialedServer(parseAddress(place), undefined));
    const { connections, troubles } = started(dialedClients(parseAddress(client), { server }));
    await until('the line', () => troubles.length > 0);
    expect(troubles).toEqual([`waiting for the server: nobody listens at unix:${place} yet`]);
    expect(accepted()).toBe(0);
    const there = await listening(place);
    await until('the client', () => connections.length === 1);
    const found = await server.find(new AbortController().signal, () => expect.unreachable());
    expect(found.isGone()).toBe(false);
    await until('the server to have it', () => there.accepted() === 1);
    found.destroy();
    server.close();
  });

  test('that dialed in and left before the client came is passed over', async () => {
    const folder = testFolder();
    const client = join(folder, 'c.sock');
    const servers = await listen(parseAddress(join(folder, 's.sock')));
    const server = new ServerFirst(listeningServers(servers, (text) => expect.unreachable(text)));
    onTestFinished(() => {
      server.close();
    });
    const { connections, troubles } = started(dialedClients(parseAddress(client), { server }));
    await until('the first line', () => troubles.length === 1);
    const left = await dial(parseAddress(servers.address));
    await until('the second line', () => troubles.length === 2);
    left.destroy();
    await until('the third line', () => troubles.length === 3);
    const [server1, client1] = [`waiting for the server at ${servers.address}`, 'waiting for the client: '];
    expect(troubles).toEqual([server1, expect.stringContaining(client1), server1]);
    const { accepted } = await listening(client);
    expect(accepted()).toBe(0);
    const stays = await dial(parseAddress(servers.address));
    await until('the client', () => connections.length === 1);
    const found = await server.find(new AbortController().signal, () => expect.unreachable());
    expect(found.isGone()).toBe(false);
    for (const stream of [found, stays]) stream.destroy();
  });
});
