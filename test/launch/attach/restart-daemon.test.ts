import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import type { LibvirtDaemon } from '../../../src/launch/attach/libvirt-daemon.js';
import { restartCommand, restartDaemon } from '../../../src/launch/attach/restart-daemon.js';
import { testFolder } from '../../support/folder.js';

const daemon: LibvirtDaemon = {
  uri: 'qemu:///system',
  pid: 4711,
  root: '',
  state: '/run/libvirt/qemu',
  files: '/var/lib/libvirt',
  admin: 'virtqemud:///system',
  unit: { name: 'virtqemud.service', user: false },
};

/** Puts programs in front of the real ones. */
function programs(scripts: Readonly<Record<string, string>>): string {
  const folder = testFolder();
  for (const [name, text] of Object.entries(scripts)) {
    writeFileSync(join(folder, name), `#!/bin/sh\ncd ${folder}\n${text}\n`);
    chmodSync(join(folder, name), 0o755);
  }
  const before = process.env['PATH'];
  process.env['PATH'] = `${folder}:${before ?? ''}`;
  onTestFinished(() => {
    process.env['PATH'] = before;
  });
  return folder;
}

test('the unit that runs the daemon is restarted, and the VM is waited for', async () => {
  const folder = programs({
    systemctl: 'echo "$@" >>asked',
    // The first two times it does not answer, then it has not found the VM yet.
    virsh: 'echo x >>times; case $(wc -l <times) in 1|2) exit 1;; 3) echo other;; *) echo web1;; esac',
  });
  expect(await restartDaemon(daemon, 'web1')).toBeGreaterThan(0);
  expect(readFileSync(join(folder, 'asked'), 'utf8')).toBe('restart virtqemud.service\n');
  expect(readFileSync(join(folder, 'times'), 'utf8')).toBe('x\n'.repeat(4));
});

test("a session's daemon is the user's systemd's", async () => {
  const folder = programs({ systemctl: 'echo "$@" >>asked', virsh: 'echo web1' });
  const own = { ...daemon, unit: { name: 'libvirtd.service', user: true } };
  expect(restartCommand(own)).toBe('systemctl --user restart libvirtd.service');
  await restartDaemon(own, 'web1');
  expect(readFileSync(join(folder, 'asked'), 'utf8')).toBe('--user restart libvirtd.service\n');
});

test('a daemon that no systemd runs is left alone', async () => {
  const own = { ...daemon, unit: undefined };
  expect(restartCommand(own)).toBeUndefined();
  await expect(restartDaemon(own, 'web1')).rejects.toThrow(/no systemd unit runs the daemon.*process 4711/);
});
