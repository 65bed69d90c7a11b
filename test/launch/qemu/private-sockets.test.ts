import { chmodSync, existsSync, mkdirSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { boundPath, PrivateSockets } from '../../../src/launch/qemu/private-sockets.js';
import { testFolder } from '../../support/folder.js';

describe('sockets for QEMU', () => {
  test("lie beside a client's socket, under a name that is no longer than libvirt's", () => {
    const folder = testFolder();
    const sockets = new PrivateSockets([
      { kind: 'stdio' },
      { kind: 'unix', path: join(folder, 'monitor.sock') },
    ]);
    expect(sockets.next()).toBe(join(folder, 'tap-0.sock'));
    expect(sockets.next()).toBe(join(folder, 'tap-1.sock'));
    writeFileSync(join(folder, 'tap-0.sock'), '');
    sockets.remove();
    expect(existsSync(join(folder, 'tap-0.sock'))).toBe(false);
    expect(existsSync(folder)).toBe(true);
  });

  test.each([
    [[]],
    [[{ kind: 'unix' as const, path: '/nowhere/at/all.sock' }]],
    [[{ kind: 'fd' as const, fd: 0 }]],
  ])('lie in a folder of their own where there is none: %j', (addresses) => {
    const sockets = new PrivateSockets(addresses);
    const folder = dirname(sockets.next());
    expect(statSync(folder).mode & 0o777).toBe(0o700);
    sockets.remove();
    expect(existsSync(folder)).toBe(false);
  });

  test.each([0o1777, 0o770])('lie in a folder of their own where others may make files (%o)', (mode) => {
    const folder = testFolder();
    chmodSync(folder, mode);
    const sockets = new PrivateSockets([{ kind: 'unix', path: join(folder, 'monitor.sock') }]);
    expect(sockets.next().startsWith(folder)).toBe(false);
    sockets.remove();
  });

  test("leave another VM's socket in the same folder alone", () => {
    const folder = testFolder();
    writeFileSync(join(folder, 'tap-0.sock'), 'of another VM');
    const sockets = new PrivateSockets([{ kind: 'unix', path: join(folder, 'monitor.sock') }]);
    expect([sockets.next(), sockets.next()]).toEqual([
      join(folder, 'tap-1.sock'),
      join(folder, 'tap-2.sock'),
    ]);
    sockets.remove();
    expect(existsSync(join(folder, 'tap-0.sock'))).toBe(true);
  });

  test('do not lie where their path would be too long', () => {
    const folder = join(testFolder(), 'x'.repeat(90));
    mkdirSync(folder);
    const sockets = new PrivateSockets([{ kind: 'unix', path: join(folder, 'm') }]);
    expect(sockets.next().startsWith(folder)).toBe(false);
    sockets.remove();
  });

  test('the path of an inherited socket is known', async () => {
    const path = join(testFolder(), 'a b.sock');
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(path, resolve));
    const { fd } = (server as unknown as { _handle: { fd: number } })._handle;
    expect(boundPath(fd)).toBe(path);
    server.close();
    expect(boundPath(0)).toBeUndefined();
  });
});
