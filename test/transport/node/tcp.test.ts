import { statSync } from 'node:fs';
import { once } from 'node:events';
import { connect } from 'node:net';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { noDescriptors } from '../../../src/transport/stream.js';
import type { Stream } from '../../../src/transport/stream.js';
import { dialNet, listenNet } from '../../../src/transport/node/tcp.js';
import { testFolder } from '../../support/folder.js';
import { collect, descriptors, openDescriptors } from '../../support/streams.js';

const never = new AbortController().signal;

test('unix sockets work over node:net where the C library is out of reach, for the owner only', async () => {
  const path = join(testFolder(), 'q.sock');
  const listener = await listenNet({ path }, `unix:${path}`, ['no descriptors']);
  onTestFinished(() => {
    listener.close();
  });
  expect(statSync(path).mode & 0o777).toBe(0o600);
  expect([listener.address, listener.notices]).toEqual([`unix:${path}`, ['no descriptors']]);
  const accepted = new Promise<Stream>((resolve, reject) => {
    listener.start({ connection: resolve, trouble: reject });
  });
  const client = collect(await dialNet({ path }, `unix:${path}`, never));
  const server = collect(await accepted);
  const before = openDescriptors();
  client.stream.write(new Uint8Array(300_000).fill(7), descriptors(2));
  expect(openDescriptors()).toBe(before);
  expect(client.notes).toEqual([`descriptors could not be passed on: unix:${path} is not a unix socket`]);
  client.stream.shutdown();
  await server.until((self) => self.hasEnded);
  expect(server.bytes.equals(Buffer.alloc(300_000, 7))).toBe(true);
  server.stream.close();
  await client.until((self) => self.goneReason === undefined);
});

test('who connects before the start waits, unread; who does at the close is let go', async () => {
  const listener = await listenNet({ host: '127.0.0.1', port: 0 }, 'tcp', []);
  const port = Number(/\d+$/.exec(listener.address)?.[0]);
  const early = connect(port, '127.0.0.1');
  await once(early, 'connect');
  early.write('early');
  const server = collect(
    await new Promise<Stream>((resolve, reject) => {
      listener.start({ connection: resolve, trouble: reject });
    }),
  );
  await server.until((self) => self.length === 5);
  expect(server.stream.peer.address).toBe(`tcp:127.0.0.1:${early.localPort ?? 0}`);
  early.destroy();
  await server.until((self) => self.hasEnded || self.goneReason !== null);
  server.stream.destroy();
  listener.close();
});

test('a chunk may be reused by its writer, or passed on from another connection', async () => {
  const listener = await listenNet({ host: '127.0.0.1', port: 0 }, 'tcp', []);
  onTestFinished(() => {
    listener.close();
  });
  const port = Number(/\d+$/.exec(listener.address)?.[0]);
  const accepted = new Promise<Stream>((resolve, reject) => {
    listener.start({ connection: resolve, trouble: reject });
  });
  const client = collect(await dialNet({ host: '127.0.0.1', port }, 'tcp', never));
  const stream = await accepted;
  // An echo, which hands on each chunk in the call that brings it.
  stream.start({
    data: (chunk) => stream.write(chunk, noDescriptors),
    ended: () => {
      stream.close();
    },
    gone: () => undefined,
    drained: () => undefined,
    closed: () => undefined,
    note: () => undefined,
  });
  const chunk = new Uint8Array(100_000);
  for (let each = 1; each <= 30; each++) {
    chunk.fill(each);
    client.stream.write(chunk, noDescriptors);
  }
  chunk.fill(0);
  client.stream.shutdown();
  await client.until((self) => self.hasEnded || self.goneReason !== null);
  const expected = Buffer.concat(Array.from({ length: 30 }, (_, each) => Buffer.alloc(100_000, each + 1)));
  expect(client.bytes.equals(expected)).toBe(true);
  client.stream.destroy();
});
