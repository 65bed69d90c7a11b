import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { apparmor, selinux } from '../../../src/launch/doctor/confinement.js';
import type { EmulatorFacts } from '../../../src/launch/emulator/emulator-facts.js';
import { testFolder } from '../../support/folder.js';

const facts: EmulatorFacts = {
  ...{ kind: 'recording', bash: '/bin/bash', qemu: '/usr/bin/qemu', node: '/usr/bin/node' },
  ...{ main: '/opt/qmptap/dist/cli/main.js', recordings: ['/srv/r'] },
};
const enabled = '/sys/module/apparmor/parameters/enabled';
const local = '/etc/apparmor.d/local/abstractions/libvirt-qemu';

/** The machine whose `/` has these files. */
function machine(files: Readonly<Record<string, string>>, system = true): Parameters<typeof apparmor>[2] {
  const root = testFolder();
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(join(root, name, '..'), { recursive: true });
    writeFileSync(join(root, name), text);
  }
  return { root, system, user: undefined };
}

describe('AppArmor', () => {
  test('needs the rules for what a recording emulator reads and writes', () => {
    const [found] = apparmor('/usr/local/bin/e', facts, machine({ [enabled]: 'Y\n' }));
    expect(found).toMatchObject({ state: 'bad' });
    const [head, ...rules] = found?.remedy?.split('\n') ?? [];
    expect(head).toBe(`add to ${local}, then systemctl reload apparmor:`);
    expect(rules).toEqual([
      '  /usr/local/bin/e rmix,',
      '  /usr/bin/node rmix,',
      '  /opt/qmptap/** r,',
      expect.stringMatching(/^ {2}\/.*\/node_modules\/\*\* mr,$/),
      '  /srv/r/ rw,',
      '  /srv/r/** rwk,',
      '  owner @{PROC}/@{pid}/{fd/,task/,stat,cgroup} r,',
      '  @{PROC}/@{pid}/{net/unix,comm} r,',
      '  /etc/ssl/openssl.cnf r,',
      '  /usr/share/nodejs/** r,',
    ]);
    expect(
      apparmor('/usr/local/bin/e', facts, machine({ [enabled]: 'Y', [local]: rules.join('\n') })),
    ).toEqual([{ state: 'good', what: `AppArmor: ${local} has the rules` }]);
    const [missing] = apparmor(
      '/usr/local/bin/e',
      facts,
      machine({ [enabled]: 'Y', [local]: rules.slice(1).join('\n') }),
    );
    expect(missing?.remedy?.split('\n').slice(1)).toEqual(['  /usr/local/bin/e rmix,']);
  });

  test('needs a rule for the daemon that starts it, unless it lies among programs', () => {
    const files = { [enabled]: 'Y', '/etc/apparmor.d/usr.sbin.libvirtd': 'profile' };
    const [daemon, vm, ...more] = apparmor('/usr/local/bin/e', facts, machine(files));
    expect(more).toEqual([]);
    expect(vm?.remedy).toContain(local);
    expect(daemon).toEqual({
      state: 'bad',
      what: 'AppArmor keeps libvirt from starting it',
      remedy: `add to /etc/apparmor.d/local/usr.sbin.libvirtd, then systemctl reload apparmor:\n  /usr/local/bin/e PUx,`,
    });
    const own = '/etc/apparmor.d/local/usr.sbin.libvirtd';
    const [allowed] = apparmor(
      '/usr/local/bin/e',
      facts,
      machine({ ...files, [own]: '/usr/local/bin/e PUx,\n' }),
    );
    expect(allowed).toEqual({ state: 'good', what: `AppArmor: ${own} has the rules` });
    expect(apparmor('/usr/bin/e', facts, machine(files))).toHaveLength(1);
  });

  test('a rule that is commented out, or is part of another, is not there', () => {
    const [found] = apparmor(
      '/usr/bin/e',
      facts,
      machine({ [enabled]: 'Y', [local]: '#  /usr/bin/e rmix,\n' }),
    );
    expect(found?.remedy).toContain('  /usr/bin/e rmix,');
  });

  test('lets what is replayed only be read', () => {
    const [found] = apparmor('/e', { ...facts, kind: 'replaying' }, machine({ [enabled]: 'Y' }));
    expect(found?.remedy).toContain('  /srv/r{,/**} rk,');
    expect(found?.remedy).not.toContain('rw,');
  });

  test.each([
    ['is not there', {}, true],
    ['is off', { [enabled]: 'N\n' }, true],
    ["is not for a user's own libvirt", { [enabled]: 'Y\n' }, false],
    [
      'is turned off in libvirt',
      { [enabled]: 'Y\n', '/etc/libvirt/qemu.conf': 'security_driver = [ "none" ]\n' },
      true,
    ],
  ])('%s', (_why, files, system) => {
    expect(apparmor('/e', facts, machine(files, system))).toEqual([
      { state: 'good', what: 'AppArmor does not confine VMs here' },
    ]);
  });
});

describe('SELinux', () => {
  const enforced = { '/sys/fs/selinux/enforce': '1' };

  test('names the commands that give the labels', () => {
    const [found] = selinux("/opt/it's", facts, machine(enforced));
    expect(found).toMatchObject({ state: 'unknown' });
    expect(found?.remedy).toBe(
      "chcon -t qemu_exec_t '/opt/it'\\''s'\nchcon -R -t svirt_image_t -l s0 /srv/r",
    );
  });

  test.each([
    ['is not there', {}, true],
    ["is not for a user's own libvirt", enforced, false],
    [
      'is turned off in libvirt',
      { ...enforced, '/etc/libvirt/qemu.conf': 'security_driver = "none"\n' },
      true,
    ],
  ])('%s', (_why, files, system) => {
    expect(selinux('/e', facts, machine(files, system))).toEqual([]);
  });
});
