/**
 * The same system without a kernel of its own: real systemd and libvirt, but nothing is confined. It begins in a second and
 * nothing is emulated, so it tries all that is not about confinement. From in there nothing of this machine can be written:
 * its root, /dev, /run and /tmp are its own, /sys and /proc/sys are read-only, and no unit of the machine's start runs.
 */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { until } from '../../support/until.js';
import type { Machine, Ran } from './machine.js';

/** What a start does to a whole machine. */
const masked = [
  ...['systemd-tmpfiles-setup', 'systemd-tmpfiles-setup-dev', 'systemd-tmpfiles-clean', 'systemd-udevd'],
  ...[
    'systemd-udev-trigger',
    'systemd-sysctl',
    'systemd-modules-load',
    'systemd-remount-fs',
    'systemd-binfmt',
  ],
  ...[
    'systemd-random-seed',
    'systemd-sysusers',
    'systemd-update-utmp',
    'kmod-static-nodes',
    'apparmor',
    'auditd',
  ],
  ...['libvirt-guests', 'lab-commands'],
].map((name) => `${name}.service`);
const maskedOthers = ['dev-hugepages.mount', 'dev-mqueue.mount', 'proc-sys-fs-binfmt_misc.automount'];

const target = `[Unit]
Description=The lab
Wants=systemd-journald.service dbus.service libvirtd.service
`;

/** What libvirt cannot do here, and is not asked about. */
const qemuConf = `user = "root"
group = "root"
remember_owner = 0
security_driver = "none"
namespaces = []
cgroup_controllers = []
`;

/** $1: the root; $2: the name of a group of processes. */
const enter = `set -e
root=$1
mount -t cgroup2 cgroup2 "$root/mnt"
mkdir "$root/mnt/$2"
echo $$ > "$root/mnt/$2/cgroup.procs"
umount "$root/mnt"
mount --bind "$root" "$root"
cd "$root"
for folder in dev tmp var/tmp run; do mount -t tmpfs -o mode=755 tmpfs "$folder"; done
chmod 1777 tmp var/tmp
for device in null zero full random urandom; do
  touch "dev/$device"
  mount --bind "/dev/$device" "dev/$device"
done
ln -s pts/ptmx dev/ptmx
touch dev/console
exec unshare --cgroup --pid --ipc --uts --net --fork --kill-child sh -c '
  set -e
  mount -t proc proc proc
  mount --bind proc/sys proc/sys
  mount -o remount,bind,ro proc/sys
  mount -t sysfs -o ro sysfs sys
  mount -t cgroup2 cgroup2 sys/fs/cgroup
  pivot_root . mnt
  cd /
  umount -l /mnt
  export container=qmptap SYSTEMD_GENERATOR_PATH=/nowhere
  exec /lib/systemd/systemd --system --unit=lab.target --show-status=no
'
`;

export class Container implements Machine {
  readonly #root: string;
  readonly #group: string;
  readonly #process: ChildProcess;
  readonly #pid: number;

  private constructor(root: string, group: string, process: ChildProcess, pid: number) {
    this.#root = root;
    this.#group = group;
    this.#process = process;
    this.#pid = pid;
  }

  /** Starts the system in this root, which nothing else uses. */
  static async start(root: string): Promise<Container> {
    const units = join(root, 'etc/systemd/system');
    for (const name of [...masked, ...maskedOthers]) {
      if (!existsSync(join(units, name))) symlinkSync('/dev/null', join(units, name));
    }
    writeFileSync(join(units, 'lab.target'), target);
    writeFileSync(join(root, 'etc/libvirt/qemu.conf'), qemuConf);
    writeFileSync(join(root, 'etc/fstab'), '');
    mkdirSync(join(root, 'mnt'), { recursive: true });
    const group = `qmptap-confined-${String(process.pid)}`;
    const child = spawn(
      'unshare',
      ['--mount', '--propagation', 'private', 'sh', '-c', enter, 'sh', root, group],
      { stdio: ['ignore', 'ignore', 'inherit'] },
    );
    const pid = await until('systemd to run', () => {
      if (child.exitCode !== null) throw new Error('systemd has ended');
      return firstProcess(child.pid ?? 0);
    });
    await until('systemd to take commands', () =>
      existsSync(`/proc/${String(pid)}/root/run/systemd/private`),
    );
    const container = new Container(root, group, child, pid);
    await container.run('systemctl start libvirtd.service'); // and wait until it has started
    return container;
  }

  async run(script: string): Promise<Ran> {
    const namespaces = ['--mount', '--pid', '--cgroup', '--net', '--ipc', '--uts'];
    const begin = 'cd /root; exec > /root/lab-output 2>&1 < /dev/null; exec bash -c "$1"';
    const child = spawn(
      'nsenter',
      [...namespaces, '--target', String(this.#pid), 'bash', '-c', begin, 'bash', script],
      {
        stdio: 'ignore',
        env: {
          HOME: '/root',
          LC_ALL: 'C',
          TERM: 'xterm',
          PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
        },
      },
    );
    const [code] = (await once(child, 'exit')) as [number | null];
    return { code: code ?? -1, output: readFileSync(join(this.#root, 'root/lab-output'), 'utf8') };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const ended = once(this.#process, 'exit');
    this.#process.kill('SIGKILL');
    await ended;
    const remove = `mount -t cgroup2 cgroup2 "$1"; for i in 1 2 3 4 5 6 7 8 9; do find "$1/$2" -depth -type d -exec rmdir {} + && break; sleep 0.2; done`;
    spawnSync('unshare', [
      ...[
        '--mount',
        '--propagation',
        'private',
        'sh',
        '-c',
        remove,
        'sh',
        join(this.#root, 'mnt'),
        this.#group,
      ],
    ]);
  }
}

/** Before it there are the programs that make its root. */
function firstProcess(parent: number): number | undefined {
  try {
    const [child = ''] = readFileSync(
      `/proc/${String(parent)}/task/${String(parent)}/children`,
      'utf8',
    ).split(' ');
    return readFileSync(`/proc/${child}/comm`, 'utf8') === 'systemd\n' ? Number(child) : undefined;
  } catch {
    return undefined; // it has just ended
  }
}
