import { once } from 'node:events';
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
  });
});

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
  const before = process.env['LIBVIRT_DEFAULT_URI'];
  onTestFinished(() => {
    if (before === undefined) delete process.env['LIBVIRT_DEFAULT_URI'];
    else process.env['LIBVIRT_DEFAULT_URI'] = before;
  });
  process.env['LIBVIRT_DEFAULT_URI'] = 'qemu:///session';
  expect(defaultUri()).toBe('qemu:///session');
  delete process.env['LIBVIRT_DEFAULT_URI'];
  expect(defaultUri()).toBe(process.geteuid?.() === 0 ? 'qemu:///system' : 'qemu:///session');
});
