import { once } from 'node:events';
import { mkdirSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { defaultUri, libvirtDaemon } from '../../../src/launch/attach/libvirt-daemon.js';
import { testFolder } from '../../support/folder.js';

test('the daemon is who listens on its socket', async () => {
  const socket = join(testFolder(), 'libvirt-sock');
  const server = createServer().listen(socket);
  onTestFinished(() => void server.close());
  await once(server, 'listening');
  expect(await libvirtDaemon(`qemu+unix:///system?socket=${socket}`)).toMatchObject({
    pid: process.pid,
    root: '',
    state: '/run/libvirt/qemu',
    files: '/var/lib/libvirt',
    admin: `libvirtd:///system?socket=${encodeURIComponent(socket.replace(/sock$/, 'admin-sock'))}`,
  });
});

test.each([
  ['virtqemud-sock', 'virtqemud:///session'],
  ['libvirt-sock', 'libvirtd:///session'],
])("where libvirt itself puts it: %s in the session's folder", async (name, admin) => {
  const runtime = testFolder();
  mkdirSync(join(runtime, 'libvirt'));
  setFor('XDG_RUNTIME_DIR', runtime);
  setFor('XDG_CACHE_HOME', '/home/u/.cache');
  const server = createServer().listen(join(runtime, 'libvirt', name));
  onTestFinished(() => void server.close());
  await once(server, 'listening');
  expect(await libvirtDaemon('qemu:///session')).toMatchObject({
    pid: process.pid,
    state: join(runtime, 'libvirt/qemu/run'),
    files: '/home/u/.cache/libvirt',
    admin,
  });
});

/** Sets a variable of the environment until the test's end. */
function setFor(name: string, value: string): void {
  const before = process.env[name];
  process.env[name] = value;
  onTestFinished(() => {
    if (before === undefined) Reflect.deleteProperty(process.env, name);
    else process.env[name] = before;
  });
}

test.each(['qemu+ssh://host/system', 'qemu://host/system', 'xen:///system', 'test:///default', ''])(
  '%s is none that can be attached to',
  async (uri) => {
    await expect(libvirtDaemon(uri)).rejects.toThrow(/only QEMU on this machine/);
  },
);

test('no daemon there: the places that were looked at', async () => {
  const socket = join(testFolder(), 'none');
  await expect(libvirtDaemon(`qemu:///session?socket=${socket}`)).rejects.toThrow(
    `no libvirt daemon runs there (looked at ${socket})`,
  );
});

test('the URI that virsh would use', () => {
  setFor('LIBVIRT_DEFAULT_URI', 'qemu:///session');
  expect(defaultUri()).toBe('qemu:///session');
  delete process.env['LIBVIRT_DEFAULT_URI'];
  expect(defaultUri()).toBe(process.geteuid?.() === 0 ? 'qemu:///system' : 'qemu:///session');
});
