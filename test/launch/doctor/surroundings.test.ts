import { mkdirSync, writeFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { UsageError } from '../../../src/errors.js';
import { as, emulatorOf, lookAround, readText, whom } from '../../../src/launch/doctor/surroundings.js';
import { testFolder } from '../../support/folder.js';

afterEach(() => {
  vi.unstubAllEnvs();
});

/** A virsh that runs this shell, first in the path. */
function virsh(body: string): void {
  const folder = testFolder();
  writeFileSync(join(folder, 'virsh'), `#!/bin/sh\n${body}\n`, { mode: 0o755 });
  vi.stubEnv('PATH', `${folder}${delimiter}${process.env['PATH'] ?? ''}`);
}

/** A folder that stands for `/`, with these files. */
function rootWith(files: Readonly<Record<string, string>>): string {
  const root = testFolder();
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(join(root, name, '..'), { recursive: true });
    writeFileSync(join(root, name), text);
  }
  return root;
}

describe("a VM's emulator", () => {
  test('is what virsh says, for the libvirt that is meant', () => {
    virsh(
      '[ "$*" = "-c qemu:///session dumpxml --inactive --domain=web1" ] && echo "<emulator>/a&amp;b&#x21;</emulator>"',
    );
    expect(emulatorOf('web1', 'qemu:///session')).toBe('/a&b&#x21;');
  });

  test('is asked for in vain: the first line of virsh says why', () => {
    virsh('echo "error: no domain with that name" >&2; echo more >&2; exit 1');
    expect(() => emulatorOf('web1', undefined)).toThrow(UsageError);
    expect(() => emulatorOf('web1', undefined)).toThrow(
      "doctor: virsh: no domain with that name; name libvirt's address with --connect, or give the emulator's path",
    );
    vi.stubEnv('PATH', '/nothing');
    expect(() => emulatorOf('web1', undefined)).toThrow(/virsh cannot be run/);
  });
});

describe('the user of a QEMU', () => {
  const passwd = `root:x:0:0::/:\nlibvirt-qemu:x:64055:994::/:\nguests:x:64123:64124::/:\nme:x:${userInfo().uid}:1::/:\n`;

  test.each([
    ['of libvirt itself', '', { name: 'libvirt-qemu', uid: 64055, gid: 994 }],
    ['by name', 'user = "guests"\n', { name: 'guests', uid: 64123, gid: 64124 }],
    ['by number', '  user="+64123"\n', { name: 'guests', uid: 64123, gid: 64124 }],
    ['who is not known', 'user = "nobody-here"\n', { name: 'libvirt-qemu', uid: 64055, gid: 994 }],
    ['who is asking', `user = "${userInfo().uid}"\n`, undefined],
    ['in a comment', '# user = "guests"\n', { name: 'libvirt-qemu', uid: 64055, gid: 994 }],
  ])('%s', (_who, conf, user) => {
    virsh('echo qemu:///system');
    const root = rootWith({ '/etc/passwd': passwd, '/etc/libvirt/qemu.conf': conf });
    expect(lookAround(undefined, root, false)).toEqual({ root, system: true, user });
  });

  test('of a session is who asks', () => {
    virsh('echo qemu:///session');
    const found = lookAround(undefined, rootWith({ '/etc/passwd': passwd }), false);
    expect(found).toMatchObject({ system: false, user: undefined });
    expect(whom(found)).toBe(userInfo().username);
  });
});

test('a program is run without our environment, and its end is told', () => {
  vi.stubEnv('QMPTAP_TEST', '1');
  const here = { root: '', system: false, user: undefined };
  const script = 'pwd >&2; echo "$QMPTAP_TEST" >&2; exit 3';
  expect(as(here, 'sh', ['-c', script])).toEqual({ status: 3, stderr: '/\n\n' });
  expect(as(here, '/no/such/program', [])).toMatchObject({ status: null });
});

test('of what is no file there is no text', () => {
  const root = rootWith({ '/a': 'text' });
  expect([readText(join(root, 'a')), readText(root), readText(join(root, 'none'))]).toEqual([
    'text',
    undefined,
    undefined,
  ]);
});
