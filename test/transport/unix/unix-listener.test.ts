import { readFileSync, renameSync, statSync, writeFileSync, existsSync, chmodSync } from 'node:fs';
import { spawnSync } from 'node:child_process';
import { createServer } from 'node:net';
import { once } from 'node:events';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parseAddress } from '../../../src/transport/address.js';
import { dial } from '../../../src/transport/dial.js';
import { listen } from '../../../src/transport/listen.js';
import { until } from '../../support/until.js';
import { connection, failure, listening } from '../../support/listeners.js';
import { testFolder } from '../../support/folder.js';
import { asOrdinaryUser } from '../../support/ordinary-user.js';
import { libc } from '../../../src/transport/unix/libc.js';
import { collect, openDescriptors, rawListener } from '../../support/streams.js';

describe('a unix socket', () => {
  test('is open to its owner only, whatever the umask', async () => {
    const path = join(testFolder(), 'q.sock');
    const before = process.umask(0);
    try {
      await listening(path);
    } finally {
      process.umask(before);
    }
    expect(statSync(path).mode & 0o777).toBe(0o600);
  });

  test('is gone after the close, and only if it is still the same', async () => {
    const folder = testFolder();
    const path = join(folder, 'q.sock');
    const first = await listening(path);
    first.close();
    first.close();
    expect(existsSync(path)).toBe(false);
    const second = await listening(path);
    renameSync(path, join(folder, 'old.sock'));
    const third = await listening(path);
    second.close();
    expect(existsSync(path)).toBe(true);
    third.close();
    expect(existsSync(path)).toBe(false);
  });

  test('on which nobody listens any more is replaced, and that is told', async () => {
    const path = join(testFolder(), 'q.sock');
    leaveStale(path);
    const listener = await listening(path);
    expect(listener.notices).toEqual([`unix:${path}: replaced a socket on which nobody listened any more`]);
    expect((await dial(parseAddress(path))).peer.pid).toBe(process.pid);
  });

  test('in use is left alone', async () => {
    const path = join(testFolder(), 'q.sock');
    const server = createServer().listen(path);
    await once(server, 'listening');
    let disturbed = 0;
    server.on('connection', () => (disturbed += 1));
    expect(await failure(path)).toBe(
      `cannot listen on unix:${path}: the socket is in use; choose another path`,
    );
    await expect(listen(parseAddress(path))).rejects.toMatchObject({ code: 'IN_USE' });
    const client = await dial(parseAddress(path));
    await until('the client to come', () => disturbed > 0 || undefined);
    expect(disturbed).toBe(1);
    client.destroy();
    expect(existsSync(path)).toBe(true);
    server.close();
  });

  test('of which it cannot be found out whether it is in use is left alone', async () => {
    const path = join(testFolder(), 'q.sock');
    const server = createServer().listen(path);
    await once(server, 'listening');
    const script = `
      import { closeSync, openSync } from 'node:fs';
      import { listen } from './dist/transport/listen.js';
      import { libc } from './dist/transport/unix/libc.js';
      libc();
      const open = [];
      try { for (;;) open.push(openSync('/dev/null')); } catch { closeSync(open.pop()); }
      await listen({ kind: 'unix', path: process.argv[1] }).catch(({ message }) => process._rawDebug(message));
      process.exit();`;
    const limited = ['-c', 'ulimit -n 64; exec "$@"', 'sh', process.execPath, '--input-type=module'];
    const { stderr } = spawnSync('sh', [...limited, '-e', script, path], { encoding: 'utf8' });
    expect(stderr).toMatch(/^cannot listen on unix:.*: too many open files \(EMFILE\)$/m);
    expect(existsSync(path)).toBe(true);
    server.close();
  });

  test('is not made over a file, nor where there is no folder', async () => {
    const folder = testFolder();
    const path = join(folder, 'file');
    writeFileSync(path, 'precious');
    expect(await failure(path)).toMatch(/there is a file that is no socket/);
    expect(readFileSync(path, 'utf8')).toBe('precious');
    expect(await failure(join(folder, 'none', 'q.sock'))).toMatch(
      /there is no folder .*none; make it first$/,
    );
    expect(await failure(join(path, 'q.sock'))).toMatch(/cannot listen on unix:.*: not a directory/);
  });

  test('in a folder of somebody else is refused', async () => {
    const folder = testFolder();
    chmodSync(folder, 0o555);
    const refused = await asOrdinaryUser(() => failure(join(folder, 'q.sock')));
    expect(refused).toMatch(/not allowed in the folder/);
  });

  test('that could not be made leaves no descriptor open', async () => {
    const path = join(testFolder(), 'none', 'q.sock');
    await failure(path);
    const before = openDescriptors();
    await failure(path);
    expect(openDescriptors()).toBe(before);
  });

  test('lets who connects wait until it is started', async () => {
    const path = join(testFolder(), 'q.sock');
    const listener = await listening(path);
    const client = collect(await dial(parseAddress(path)));
    client.stream.write(new Uint8Array(3), []);
    const server = collect(await connection(listener));
    await server.until((self) => self.length === 3);
    expect(server.stream.peer).toMatchObject({
      address: `unix:${path}`,
      pid: process.pid,
      uid: process.getuid?.(),
      gid: process.getgid?.(),
      program: readFileSync('/proc/self/comm', 'utf8').trim(),
    });
  });
});

/** A socket file whose listener has gone without a word. */
function leaveStale(path: string): void {
  libc().close(rawListener(path, 1));
}
