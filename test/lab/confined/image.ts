/**
 * The disk of a guest in which libvirt is confined: Debian 12 with systemd, AppArmor and SELinux's policy, libvirt and
 * QEMU; with this tree's package, installed as the README says, since the guest has no network.
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  appendFileSync,
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { inside, makeRoot, rootPath } from '../suite-root.js';

const suite = 'bookworm';

const packages = [
  ...[
    'linux-image-cloud-amd64',
    'initramfs-tools',
    'zstd',
    'systemd-sysv',
    'libpam-systemd',
    'dbus',
    'udev',
    'kmod',
  ],
  ...['apparmor', 'apparmor-utils', 'auditd', 'procps', 'sudo', 'man-db', 'socat', 'python3'],
  ...['libvirt-daemon-system', 'libvirt-clients', 'qemu-system-x86', 'qemu-utils'],
  ...['selinux-basics', 'selinux-policy-default', 'policycoreutils', 'setools'],
];

/** Bytes; most of it is never written. */
const diskSize = 4 * 1024 ** 3;

export interface Image {
  readonly disk: string;
  readonly kernel: string;
  readonly ramDisk: string;
}

/** Makes the system in a folder of this one, with this tree's package. */
export function makeSystem(folder: string): string {
  const base = rootPath('confined');
  makeRoot(base, { suite, packages, bootable: true });
  const root = join(folder, 'root');
  succeed('cp', ['-a', '--reflink=auto', base, root]);
  addProgram(root);
  addGuestFiles(root);
  return root;
}

/** Makes a disk in this folder. `selinux`: every file gets its label. */
export function makeImage(folder: string, { selinux }: { readonly selinux: boolean }): Image {
  const root = makeSystem(folder);
  if (selinux)
    succeed('chroot', [root, 'setfiles', '-F', '/etc/selinux/default/contexts/files/file_contexts', '/']);
  const boot = join(root, 'boot');
  const [kernel, ramDisk] = ['vmlinuz-', 'initrd.img-'].map((prefix) => {
    const copy = join(folder, prefix.slice(0, -1));
    copyFileSync(join(boot, readdirSync(boot).find((name) => name.startsWith(prefix)) ?? prefix), copy);
    return copy;
  }) as [string, string];
  const disk = join(folder, 'disk');
  writeFileSync(disk, '', { mode: 0o600 });
  truncateSync(disk, diskSize);
  succeed('mke2fs', ['-q', '-F', '-t', 'ext4', '-d', root, disk]);
  rmSync(root, { recursive: true });
  return { disk, kernel, ramDisk };
}

/** This machine's Node and npm's package of this tree, installed for all users. */
function addProgram(root: string): void {
  const node = join(root, 'usr/bin/node');
  copyFileSync(process.execPath, node);
  chmodSync(node, 0o755);
  const folder = dirname(root);
  // Without the scripts, which would remove dist: other tests of this tree may use it.
  const said = succeed('npm', ['pack', '--silent', '--ignore-scripts', '--pack-destination', folder]);
  const packed = join(folder, said.trim().split('\n').at(-1) ?? '');
  const installed = join(installedWith(packed), 'lib/node_modules');
  succeed('cp', ['-a', installed, join(root, 'usr/lib/node_modules')]);
  const program = join(root, 'usr/lib/node_modules/qmptap');
  succeed('tar', ['xzf', packed, '--strip-components=1', '-C', program]);
  succeed('chown', ['-R', 'root:root', program]);
  succeed('ln', ['-s', '../lib/node_modules/qmptap/dist/cli/main.js', join(root, 'usr/bin/qmptap')]);
}

/** The prefix in which `npm install -g` has installed it, of this or an earlier tree with the same packages. */
function installedWith(packed: string): string {
  const versions = createHash('sha256').update(readFileSync('package-lock.json')).update(process.version);
  const prefix = rootPath(`confined-package-${versions.digest('hex').slice(0, 16)}`);
  if (existsSync(prefix)) return prefix;
  const part = `${prefix}.part`;
  rmSync(part, { recursive: true, force: true });
  const flags = ['--prefer-offline', '--no-audit', '--no-fund', '--loglevel=error'];
  succeed('npm', ['install', '-g', '--prefix', part, ...flags, packed]);
  renameSync(part, prefix);
  return prefix;
}

/** How the guest is asked to do something, and what is Debian's own to decide. */
function addGuestFiles(root: string): void {
  rmSync(join(root, 'usr/sbin/policy-rc.d'), { force: true });
  writeFileSync(join(root, 'etc/hostname'), 'confined\n');
  writeFileSync(join(root, 'etc/fstab'), '/dev/vda / ext4 errors=remount-ro 0 1\n');
  appendFileSync(join(root, 'etc/audit/auditd.conf'), 'flush = NONE\n');
  const here = dirname(fileURLToPath(import.meta.url));
  const lab = join(root, 'usr/local/lib/confined');
  mkdirSync(lab);
  for (const file of ['commands.sh', 'domain.sh']) copyFileSync(join(here, 'guest', file), join(lab, file));
  copyFileSync(join(here, 'guest/commands.service'), join(root, 'etc/systemd/system/lab-commands.service'));
  const enabled = ['systemctl', '-q', 'enable', 'lab-commands.service'];
  if (inside(root, enabled) !== 0) throw new Error('the service of the lab cannot be enabled');
  // What a boot does for people, which takes minutes under emulation.
  const idle = [
    'man-db.timer',
    'apt-daily.timer',
    'apt-daily-upgrade.timer',
    'e2scrub_reap.service',
    'getty.target',
  ];
  inside(root, ['systemctl', '-q', 'mask', ...idle, 'selinux-autorelabel.service']);
  writeFileSync(join(root, 'etc/hosts'), '127.0.0.1 localhost confined\n');
  if (existsSync(join(root, '.autorelabel'))) rmSync(join(root, '.autorelabel'));
}

/** Runs a program that must succeed; its standard output. */
export function succeed(program: string, args: readonly string[]): string {
  const { status, stdout, stderr, error } = spawnSync(program, args, {
    encoding: 'utf8',
    maxBuffer: 2 ** 26,
  });
  if (error !== undefined) throw error;
  if (status !== 0) throw new Error(`${program} ${args.join(' ')}: ended with ${String(status)}\n${stderr}`);
  return stdout;
}
