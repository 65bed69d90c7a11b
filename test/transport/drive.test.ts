import { connect, createServer } from 'node:net';
import type { Server, Socket } from 'node:net';
import { once } from 'node:events';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parseAddress } from '../../src/transport/address.js';
import { drive } from '../../src/transport/drive.js';
import type { ProxyEvent } from '../../src/transport/drive.js';
import { listen } from '../../src/transport/listen.js';
import { testFolder } from '../support/folder.js';
import { MemorySink } from '../support/traffic-sink.js';

async function serverAt(path: string, serve: (socket: Socket) => void): Promise<Server> {
  const server = createServer({ allowHalfOpen: true }, serve).listen(path);
  await once(server, 'listening');
  return server;
}

describe('a session', () => {
  test('is relayed and recorded', async () => {
    const folder = testFolder();
    const server = await serverAt(join(folder, 'server'), (socket) => {
      socket.write('greeting\r\n');
      socket.on('data', (chunk) => socket.write(`answer to ${chunk.toString()}`));
      socket.on('end', () => socket.end('bye'));
    });
    const sink = new MemorySink();
    const events: ProxyEvent[] = [];
    const clients = await listen(parseAddress(join(folder, 'client')));
    const proxy = drive({
      clients,
      server: { dial: parseAddress(join(folder, 'server')) },
      sink,
      label: 'vm',
      onEvent: (event) => events.push(event),
    });
    const client = connect({ path: join(folder, 'client'), allowHalfOpen: true });
    const heard: Buffer[] = [];
    client.on('data', (chunk) => heard.push(chunk));
    client.end('hello');
    await once(client, 'end');
    const session = await sink.over(1);
    expect(Buffer.concat(heard).toString()).toBe('greeting\r\nanswer to hellobye');
    expect(session.text('c2s')).toBe('hello');
    expect(session.text('s2c')).toBe('greeting\r\nanswer to hellobye');
    expect(session.closed?.end).toBe('client-closed');
    expect(session.start).toMatchObject({
      label: 'vm',
      client: { address: `unix:${join(folder, 'client')}`, pid: process.pid, uid: process.getuid?.() },
      server: { address: `unix:${join(folder, 'server')}` },
    });
    expect(events.map((event) => event.type)).toEqual(['opened', 'closed']);
    await proxy.stop();
    server.close();
  });

  test('without a server says so, and the client is closed', async () => {
    const folder = testFolder();
    const sink = new MemorySink();
    const events: ProxyEvent[] = [];
    const clients = await listen(parseAddress(join(folder, 'client')));
    const server = { dial: parseAddress(join(folder, 'server')) };
    const proxy = drive({ clients, server, sink, onEvent: (event) => events.push(event) });
    const client = connect(join(folder, 'client'));
    await once(client, 'close');
    const session = await sink.over(1);
    expect(session.closed?.end).toBe('server-unreachable');
    expect(session.closed?.reason).toMatch(
      /^cannot connect to unix:.*: there is no such socket; is the server running\?$/,
    );
    expect(events.at(-1)).toMatchObject({ type: 'closed', session: 1, end: 'server-unreachable' });
    await proxy.stop();
  });
});
