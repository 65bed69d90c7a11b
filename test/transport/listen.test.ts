import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parseAddress } from '../../src/transport/address.js';
import { dial } from '../../src/transport/dial.js';
import { connection, failure, listening } from '../support/listeners.js';
import { testFolder } from '../support/folder.js';
import { SOCK_CLOEXEC, SOCK_STREAM, libc } from '../../src/transport/unix/libc.js';
import { collect, rawListener, socketPair } from '../support/streams.js';

describe('TCP', () => {
  test.each(['127.0.0.1:0', ':0', 'localhost:0', '[::1]:0'])(
    'listens on %s and says which port',
    async (text) => {
      const listener = await listening(text);
      expect(listener.notices).toEqual([]);
      expect(listener.address).toMatch(/^tcp:(127\.0\.0\.1|\[::1\]):[1-9]\d*$/);
      const accepted = connection(listener);
      const client = collect(await dial(parseAddress(listener.address)));
      const server = collect(await accepted);
      client.stream.write(new Uint8Array(3), []);
      client.stream.shutdown();
      await server.until((self) => self.hasEnded);
      expect(server.length).toBe(3);
      server.stream.write(new Uint8Array(4), []);
      server.stream.close();
      await client.until((self) => self.length === 4 && self.goneReason !== null);
      await server.until((self) => self.isClosed);
    },
  );

  test('says so when it is not the loopback address', async () => {
    for (const where of ['0.0.0.0:0', '[::]:0']) {
      const listener = await listening(where);
      expect(listener.notices).toEqual([
        `${listener.address} is open to other machines: whoever reaches it controls the server`,
      ]);
    }
    for (const where of ['127.0.0.1:0', '127.1.2.3:0', '[::1]:0', 'localhost:0', 'tcp::0'])
      expect((await listening(where)).notices).toEqual([]);
  });

  test('refuses a port in use, and a host that is not here', async () => {
    const listener = await listening('127.0.0.1:0');
    expect(await failure(listener.address)).toMatch(
      /^cannot listen on tcp:127.*: the port is in use; choose another one$/,
    );
    expect(await failure('192.0.2.1:4444')).toMatch(/: this machine does not have that address$/);
  });
});

describe('fd:N', () => {
  test('accepts on a listening unix socket, and leaves its file', async () => {
    const path = join(testFolder(), 'q.sock');
    const fd = inherited(rawListener(path, 1));
    const listener = await listening(`fd:${fd}`);
    const client = await dial(parseAddress(path));
    const server = await connection(listener);
    expect(server.peer).toMatchObject({ address: `fd:${fd}`, pid: process.pid });
    expect(listener.single).toBe(false);
    client.destroy();
    server.destroy();
    listener.close();
    expect(existsSync(path)).toBe(true);
  });

  test('accepts on a listening TCP socket', async () => {
    const fd = inherited(libc().socket(2, SOCK_STREAM | SOCK_CLOEXEC, 0));
    expect(libc().listen(fd, 1)).toBe(0);
    const listener = await listening(`fd:${fd}`);
    // Not bound to an address, it is bound to all.
    expect(listener.notices).toEqual([expect.stringContaining('is open to other machines')]);
    const client = await dial({
      kind: 'tcp',
      host: '127.0.0.1',
      port: Number(/\d+$/.exec(listener.address)?.[0]),
    });
    const server = collect(await connection(listener));
    client.write(new Uint8Array(2), []);
    await server.until((self) => self.length === 2);
    client.destroy();
    server.stream.destroy();
  });

  test('takes a connected one as the only connection', async () => {
    const [a, b] = socketPair().map(inherited) as [number, number];
    const listener = await listening(`fd:${a}`);
    expect(listener.single).toBe(true);
    const server = await connection(listener);
    const client = await dial({ kind: 'fd', fd: b });
    expect(server.peer.pid).toBe(process.pid);
    const there = collect(server);
    client.write(new Uint8Array(2), []);
    await there.until((self) => self.length === 2);
    client.destroy();
    server.destroy();
  });
});

/** The descriptor under a number that was not used before: an inherited one is never taken twice. */
function inherited(fd: number): number {
  const duplicate = libc().fcntl(fd, 0, inheritedSoFar++);
  libc().close(fd);
  return duplicate;
}
let inheritedSoFar = 300;
