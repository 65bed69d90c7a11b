import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { HostChannel } from '../../../src/launch/host/host-channel.js';
import type { SocketStore } from '../../../src/launch/host/store/socket-store.js';
import { ExchangedPath } from '../../../src/transport/path/exchanged-path.js';
import { F_DUPFD_CLOEXEC, libc } from '../../../src/transport/unix/libc.js';
import { testFolder } from '../../support/folder.js';
import { MemorySink } from '../../support/traffic-sink.js';
import { until } from '../../support/until.js';

/** A server that gives back what it is sent, and a store in memory with copies as a real one has. */
async function rig() {
  const path = join(testFolder(), 'qmp.sock');
  const served: Socket[] = [];
  const server = createServer((socket) => {
    served.push(socket);
    socket.pipe(socket);
  });
  server.listen(path);
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  const stored = new Map<string, number>();
  const store = {
    put: (name: string, fd: number) => stored.set(name, libc().fcntl(fd, F_DUPFD_CLOEXEC, 3)),
    remove: (name: string) => {
      const fd = stored.get(name);
      if (fd !== undefined) libc().close(fd);
      stored.delete(name);
    },
  } as unknown as SocketStore;
  const sink = new MemorySink();
  const options = {
    ...{ path, number: 4, dialect: 'qmp' as const, label: 'web1', durable: false, sink, store },
    onEvent: () => undefined,
    onAnswer: () => undefined,
  };
  /** As a host takes it. */
  const take = (): ExchangedPath =>
    ExchangedPath.take(path, '/r', {
      prepared: (_, listener) => {
        store.put('L4', listener);
      },
    });
  return { path, served, stored, sink, options, take };
}

async function client(path: string): Promise<{ socket: Socket; text: () => string }> {
  const socket = connect(path);
  let text = '';
  socket.on('data', (chunk) => (text += chunk.toString()));
  await once(socket, 'connect');
  onTestFinished(() => void socket.destroy());
  return { socket, text: () => text };
}

test('copies of all sockets are in the store for as long as they are needed', async () => {
  const { path, stored, options, sink, take } = await rig();
  const channel = new HostChannel(options, take());
  channel.start();
  expect([...stored.keys()]).toEqual(['L4']);
  const { socket, text } = await client(path);
  socket.write('hello');
  await until('the answer', () => text() === 'hello');
  expect([...stored.keys()].sort()).toEqual(['C4.1', 'L4', 'S4.1']);
  expect(channel).toMatchObject({ sessions: 1, holder: { pid: process.pid } });
  stored.clear();
  channel.storeAgain();
  expect([...stored.keys()].sort()).toEqual(['C4.1', 'L4', 'S4.1']);
  channel.giveBack();
  expect([...stored.keys()].sort()).toEqual(['C4.1', 'S4.1']);
  socket.write(' again');
  await until('the answer', () => text() === 'hello again');
  socket.end();
  await until('the end', () => stored.size === 0 && channel.sessions === 0);
  expect(sink.sessions[0]?.text('c2s')).toBe('hello again');
});

test('sessions go on from the copies; a client without a server finds one; what is left of others is closed', async () => {
  const { path, served, stored, options, sink, take } = await rig();
  const first = new HostChannel(options, take());
  first.start();
  const { socket, text } = await client(path);
  socket.write('a');
  await until('the answer', () => text() === 'a');
  const [from, to] = [stored.get('C4.1') ?? -1, stored.get('S4.1') ?? -1];
  const copies = [from, to].map((fd) => libc().fcntl(fd, F_DUPFD_CLOEXEC, 3));

  // A successor: the first one reads no more.
  const next = new HostChannel({ ...options, number: 5 }, undefined);
  first.giveBack();
  next.resume({ session: 7, client: copies[0] ?? -1, server: copies[1] ?? -1 });
  await until('the session', () => next.sessions === 1 && sink.sessions.length === 2);
  expect([...stored.keys()].filter((name) => name.includes('5')).sort()).toEqual(['C5.7', 'S5.7']);
  expect(served).toHaveLength(1);

  next.discard(9, libc().fcntl(to, F_DUPFD_CLOEXEC, 3));
  expect(next.sessions).toBe(1);
  socket.destroy();
  await until('the end', () => next.sessions === 0);
});

test('at a path that was given back, who waited for the server, or to be accepted, is served there', async () => {
  const { path, stored, options, take } = await rig();
  const first = take();
  const [waiting, accepted] = [await client(path), await client(path)];
  const fd = libc().accept4(first.clients.fd, null, null, 0o2004000);
  const listener = libc().fcntl(stored.get('L4') ?? -1, F_DUPFD_CLOEXEC, 3);
  first.giveBack(); // of a process that has died meanwhile: it accepted nobody
  const next = new HostChannel(options, undefined);
  next.resume({ session: 1, client: fd, server: undefined });
  next.serveWaiting(listener);
  for (const { socket } of [waiting, accepted]) socket.write('hello');
  await until('both answers', () => [waiting, accepted].every(({ text }) => text() === 'hello'));
  expect([...stored.keys()].sort()).toEqual(['C4.1', 'C4.2', 'S4.1', 'S4.2']);
  for (const { socket } of [waiting, accepted]) socket.destroy();
  await until('the end', () => next.sessions === 0 && stored.size === 0);
});

test('of very many clients of one path, most wait in the kernel’s queue; each has its turn', async () => {
  const { path, stored, options, take } = await rig();
  const exchanged = take();
  const channel = new HostChannel(options, exchanged);
  let release: () => void = () => undefined;
  const held = new Promise<void>((resolve) => {
    release = resolve;
  });
  const find = exchanged.server.find.bind(exchanged.server);
  exchanged.server.find = async (...words) => {
    await held;
    return find(...words);
  };
  channel.start();
  const clients = await Promise.all(Array.from({ length: 60 }, () => client(path)));
  await until('some to be let in', () => channel.sessions === 16);
  expect([...stored.keys()].filter((name) => name.startsWith('C'))).toHaveLength(16);
  release();
  for (const { socket } of clients) socket.write('x');
  await until('all to be served', () => clients.every(({ text }) => text() === 'x'));
  for (const { socket } of clients) socket.destroy();
  channel.giveBack();
  await until('the end', () => channel.sessions === 0);
});
