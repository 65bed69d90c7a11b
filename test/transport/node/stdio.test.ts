import { spawn } from 'node:child_process';
import type { StdioOptions } from 'node:child_process';
import { createServer } from 'node:net';
import { once } from 'node:events';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { parseAddress } from '../../../src/transport/address.js';
import { dial } from '../../../src/transport/dial.js';
import { libc } from '../../../src/transport/unix/libc.js';
import { noDescriptors } from '../../../src/transport/stream.js';
import { UnixSocket } from '../../../src/transport/unix/unix-socket.js';
import { testFolder } from '../../support/folder.js';
import { typescript } from '../../support/typescript.js';
import { collect, descriptors, rawListener, socketPair } from '../../support/streams.js';

const program = join(import.meta.dirname, '../../fixtures/relay-program.ts');

interface Seen {
  readonly c2s: number;
  readonly s2c: number;
  readonly fds: number;
  readonly end: string;
  readonly client: { readonly address: string; readonly pid?: number };
}

/** A program that relays between its `clients` address and a server that answers each chunk and closes last. */
async function relaying(
  clients: string,
  stdio: StdioOptions,
): Promise<{ child: ReturnType<typeof spawn>; seen: Promise<Seen> }> {
  const path = join(testFolder(), 'server');
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    socket.on('data', (chunk) => socket.write(chunk.toString().toUpperCase()));
    socket.on('end', () => socket.end('BYE'));
    socket.on('error', () => undefined); // it is told of a client that has left by EPIPE
  }).listen(path);
  await once(server, 'listening');
  const child = spawn(process.execPath, [...typescript, program, clients, path], { stdio });
  let said = '';
  child.stderr?.on('data', (chunk: Buffer) => (said += chunk.toString()));
  const seen = once(child, 'close').then(() => {
    expect(said).toMatch(/^{.*}\n$/);
    return JSON.parse(said) as Seen;
  });
  onTestFinished(() => {
    child.kill('SIGKILL');
    server.close();
  });
  return { child, seen };
}

describe('stdio', () => {
  test('is one session over two pipes', async () => {
    const { child, seen } = await relaying('stdio', ['pipe', 'pipe', 'pipe']);
    let heard = '';
    child.stdout?.on('data', (chunk: Buffer) => (heard += chunk.toString()));
    child.stdin?.write('hello ');
    await once(child.stdout!, 'data');
    child.stdin?.end('a'.repeat(500_000));
    expect(await seen).toMatchObject({
      c2s: 500_006,
      s2c: 500_009,
      end: 'client-closed',
      client: { address: 'stdio' },
    });
    expect(heard).toBe(`HELLO ${'A'.repeat(500_000)}BYE`);
  });

  test('passes descriptors if it is a unix socket', async () => {
    const [near, far] = socketPair();
    const { seen } = await relaying('stdio', [far, far, 'pipe']);
    libc().close(far);
    const client = collect(new UnixSocket(near, { address: 'client' }));
    client.stream.write(new TextEncoder().encode('hello'), descriptors(2));
    client.stream.shutdown();
    await client.until((self) => self.hasEnded || self.goneReason !== null);
    expect(client.bytes.toString()).toBe('HELLOBYE');
    client.stream.destroy();
    expect(await seen).toMatchObject({
      c2s: 5,
      s2c: 8,
      fds: 2,
      client: { address: 'stdio', pid: process.pid },
    });
  });
});

test('fd:N is taken from the parent: a listening socket, one session after the other', async () => {
  const folder = testFolder();
  const fd = rawListener(join(folder, 'client'), 1);
  const { child, seen } = await relaying('fd:3', ['ignore', 'pipe', 'pipe', fd]);
  libc().close(fd);
  for (const word of ['one', 'two']) {
    const client = collect(await dial(parseAddress(join(folder, 'client'))));
    client.stream.write(new TextEncoder().encode(word), noDescriptors);
    await client.until((self) => self.length === 3);
    expect(client.bytes.toString()).toBe(word.toUpperCase());
    client.stream.destroy();
  }
  child.kill('SIGTERM');
  await expect(seen).rejects.toThrow();
});
