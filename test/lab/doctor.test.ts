/** `doctor --try`, with the real libvirt: a VM that is made for it is recorded by the host, and nothing of it is left. */
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect } from 'vitest';
import { libvirtHook } from '../../src/launch/host/install/libvirt-hook.js';
import { endHost, hostProcess } from '../support/host.js';
import { Libvirt } from '../support/libvirt.js';
import { qmptap, run, start } from '../support/process.js';
import { labTest } from '../support/programs.js';
import { until } from '../support/until.js';

const test = labTest('libvirtd', 'virsh', 'qemu-system-x86_64', 'qemu-img', 'unshare', 'nsenter');

test('a VM is started, recorded and destroyed; also when Ctrl-C comes in between', async () => {
  await using libvirt = await Libvirt.start();
  const recordings = join(libvirt.files, 'recordings');
  endHost(recordings);
  const words = ['doctor', '--try', '--connect', libvirt.uri, '--recordings', recordings];
  const none = await run(words);
  expect(none.code).toBe(1);
  expect(none.stdout).toMatch(/^BAD {2}no host records into .*recordings\n {5}start one: qmptap host/);

  const hooks = join(libvirt.folder, 'etc/hooks/qemu.d');
  mkdirSync(hooks, { recursive: true });
  writeFileSync(join(hooks, 'qmptap'), libvirtHook(recordings), { mode: 0o755 });
  await libvirt.kill();
  await libvirt.begin(); // it looks for hooks when it starts
  const host = start('nsenter', [
    ...['--mount', '--net', '--target', String(libvirt.pid), process.execPath, resolve('dist/cli/main.js')],
    ...['host', '--recordings', recordings],
  ]);
  await host.says(/Ctrl-C ends/);
  const tried = await run(words);
  expect(tried.stdout + tried.stderr).toMatch(
    /^ok {3}a host records into .*\nok {3}libvirt has started the VM qmptap-doctor-\d+, .*\nok {3}it is recorded from its first byte, in .*-qmptap-doctor-\d+\.qmptap\nok {3}qmptap-doctor-\d+ is destroyed\n$/,
  );
  expect(tried.code).toBe(0);

  const doctor = qmptap(words);
  await until('its VM', async () => /qmptap-doctor/.test((await libvirt.try('list', '--name')).stdout));
  for (const signal of ['SIGINT', 'SIGINT', 'SIGTERM'] as const) doctor.signal(signal);
  expect(await doctor.ended).toBe(130);
  expect((await libvirt.virsh('list', '--all', '--name')).trim()).toBe('');
  await until('the host to notice', () => /ended/.test(host.stderr()));
  host.signal('SIGINT');
  expect(await host.ended).toBe(130);
  await until('the host to end', () => hostProcess(recordings) === undefined);
  for (const folder of ['lib', 'run'])
    expect(readdirSync(join(libvirt.folder, folder), { recursive: true }).join()).not.toMatch(/qmptap/);
}, 180_000);
