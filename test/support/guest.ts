/**
 * A Linux guest that runs the guest agent and nothing else: a kernel of this machine's, and a RAM disk with busybox,
 * the agent and what both need.
 */
import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { findProgram } from './programs.js';

/** What QEMU boots. */
export interface Guest {
  readonly kernel: string;
  readonly initrd: string;
}

/** The drivers for the agent's channel. */
const drivers = ['virtio_pci', 'virtio_console'];

const init = `#!/bin/busybox sh
/bin/busybox mount -t proc none /proc
/bin/busybox mount -t sysfs none /sys
/bin/busybox mount -t devtmpfs none /dev
while read module; do /bin/busybox insmod /modules/$module; done < /modules/order
until port=$(/bin/busybox ls /dev/vport*p1); do /bin/busybox sleep 0.1; done
exec /bin/qemu-ga -m virtio-serial -p $port
`;

/** The version of a kernel of this machine's whose modules are there too. */
export function findKernel(): string | undefined {
  if (!existsSync('/boot')) return undefined;
  return readdirSync('/boot')
    .filter((name) => name.startsWith('vmlinuz-'))
    .map((name) => name.slice('vmlinuz-'.length))
    .find((version) => existsSync(modulesOf(version, 'modules.dep')));
}

/** Makes the RAM disk in a folder. */
export function makeGuest(version: string, folder: string): Guest {
  const root = join(folder, 'root');
  for (const name of ['bin', 'modules', 'proc', 'sys', 'dev', 'run', 'var/run', 'var/log', 'tmp'])
    mkdirSync(join(root, name), { recursive: true });
  const busybox = findProgram('busybox') ?? '';
  const agent = findProgram('qemu-ga') ?? '';
  copyFileSync(busybox, join(root, 'bin/busybox'));
  copyFileSync(agent, join(root, 'bin/qemu-ga'));
  for (const library of librariesOf(agent)) {
    mkdirSync(join(root, dirname(library)), { recursive: true });
    copyFileSync(library, join(root, library));
  }
  const modules = modulesInOrder(version);
  for (const module of modules)
    copyFileSync(modulesOf(version, module), join(root, 'modules', basename(module)));
  writeFileSync(join(root, 'modules/order'), modules.map((module) => `${basename(module)}\n`).join(''));
  writeFileSync(join(root, 'init'), init);
  chmodSync(join(root, 'init'), 0o755);
  const initrd = join(folder, 'initrd');
  execFileSync('sh', ['-c', 'find . | "$1" cpio -o -H newc > "$2" 2>/dev/null', 'sh', busybox, initrd], {
    cwd: root,
  });
  return { kernel: `/boot/vmlinuz-${version}`, initrd };
}

function modulesOf(version: string, name: string): string {
  return join('/lib/modules', version, name);
}

/** The drivers' modules, each after those that it needs; none that are built into the kernel. */
function modulesInOrder(version: string): string[] {
  const lines = readFileSync(modulesOf(version, 'modules.dep'), 'utf8').split('\n');
  const order = drivers.flatMap((driver) => {
    const line = lines.find((one) => one.startsWith('kernel/') && one.includes(`/${driver}.ko:`));
    const [module, needs = ''] = line?.split(':') ?? [];
    return module === undefined ? [] : [...needs.split(' ').reverse(), module].filter((name) => name !== '');
  });
  return [...new Set(order)];
}

function librariesOf(program: string): string[] {
  return execFileSync('ldd', [program], { encoding: 'utf8' }).match(/\/\S+/g) ?? [];
}
