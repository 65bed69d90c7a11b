import { expect, onTestFinished, test } from 'vitest';
import {
  commandToSet,
  readLogSettings,
  setLogSettings,
} from '../../../../src/launch/attach/log/log-admin.js';
import { StandInDaemon } from '../../../support/virt-admin.js';

test('what is read can be set again, and is the same then', async () => {
  const libvirt = new StandInDaemon();
  const before = await readLogSettings(libvirt.daemon);
  expect(before).toEqual({
    filters: ['3:*util*', '1:*qemu.qemu_monitor*'],
    outputs: ['3:file:/var/log/libvirtd.log'],
  });
  await setLogSettings(libvirt.daemon, { filters: ['1:*'], outputs: [] }, ['filters', 'outputs']);
  expect([libvirt.filters, libvirt.outputs]).toEqual(['1:***', '']);
  await setLogSettings(libvirt.daemon, before, ['outputs', 'filters']);
  expect(await readLogSettings(libvirt.daemon)).toEqual(before);
});

test('the command for a user to set them', () => {
  const { daemon } = new StandInDaemon();
  expect(commandToSet(daemon, 'filters', ['1:*qemu*', '3:***'])).toBe(
    "virt-admin -c libvirtd:///system daemon-log-filters --filters '1:qemu 3:*'",
  );
});

test('a daemon without an admin socket: what to do', async () => {
  const libvirt = new StandInDaemon();
  libvirt.be('broken');
  await expect(readLogSettings(libvirt.daemon)).rejects.toThrow(
    /^libvirtd:\/\/\/system: Failed to connect socket to .*; it needs the daemon's admin socket/,
  );
});

test('no virt-admin on this machine', async () => {
  const { daemon } = new StandInDaemon();
  const path = process.env['PATH'];
  onTestFinished(() => {
    process.env['PATH'] = path;
  });
  process.env['PATH'] = '/nowhere';
  await expect(readLogSettings(daemon)).rejects.toThrow(/^virt-admin: not installed/);
});
