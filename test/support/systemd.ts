/**
 * The real systemd, as the first process of namespaces of its own, for a service with a descriptor store. From in there
 * nothing of the machine can be written: its root is a new one in memory, with the machine's programs and this tree to be
 * read, devices that have no memory, and one folder of the test's. It has no units but the test's.
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { onTestFinished } from 'vitest';
import { testFolder } from './folder.js';
import { start } from './process.js';
import { until } from './until.js';

/** Programs that it needs. */
export const systemdPrograms = ['unshare', 'nsenter', 'pivot_root', 'systemctl'];

/** Where the test's folder is in there. */
export const sharedFolder = '/srv/test';

/**
 * $1: an empty folder; $2: the test's folder; $3: this tree; $4: the name of a group of processes. A /dev and a group that
 * systemd finds mounted are left as they are; it would mount the machine's.
 */
const enter = `set -e
root=$1
mount -t cgroup2 cgroup2 "$root"
mkdir "$root/$4"
echo $$ > "$root/$4/cgroup.procs"
umount "$root"
mount -t tmpfs -o mode=755 tmpfs "$root"
cd "$root"
mkdir -p dev etc proc sys run tmp usr var/tmp srv/test "./$3" old
chmod 1777 tmp var/tmp
for link in bin sbin lib lib64; do ln -s "usr/$link" "$link"; done
readable() { mount --rbind "$1" ".$1"; mount -o remount,bind,ro ".$1"; }
readable /usr
readable "$3"
mount --bind "$2" srv/test
cp /etc/ld.so.cache /etc/passwd /etc/group etc/
: > etc/machine-id
mount -t tmpfs -o mode=755 tmpfs dev
for device in null zero full random urandom; do
  touch "dev/$device"
  mount --bind "/dev/$device" "dev/$device"
done
ln -s pts/ptmx dev/ptmx
touch dev/console srv/test/console
mount --bind srv/test/console dev/console
exec unshare --cgroup --pid --ipc --uts --net --fork --kill-child sh -c '
  set -e
  mount -t proc proc proc
  mount --bind proc/sys proc/sys
  mount -o remount,bind,ro proc/sys
  mount -t sysfs -o ro sysfs sys
  mount -t cgroup2 cgroup2 sys/fs/cgroup
  pivot_root . old
  cd /
  umount -l old
  rmdir old
  export container=qmptap SYSTEMD_UNIT_PATH=/srv/test/units SYSTEMD_GENERATOR_PATH=/srv/test/none
  exec /lib/systemd/systemd --system --unit=test.target --log-target=console --show-status=no
'
`;

/** Units that services depend on, without a word. */
const targets = ['test', 'sysinit', 'basic', 'shutdown', 'multi-user'];
const targetText = '[Unit]\nDefaultDependencies=no\n';

export class Systemd {
  /** The test's folder, which is `sharedFolder` in there. */
  readonly folder: string;
  /** Of its first process, as this machine sees it. */
  readonly #pid: number;

  private constructor(folder: string, pid: number) {
    this.folder = folder;
    this.#pid = pid;
  }

  /** Starts it with these units, of which none is started. It ends with the test, and all that runs in it. */
  static async start(units: Readonly<Record<string, string>>): Promise<Systemd> {
    const [root, shared] = [testFolder(), testFolder()];
    mkdirSync(join(shared, 'units'));
    for (const name of targets) writeFileSync(join(shared, 'units', `${name}.target`), targetText);
    for (const [name, text] of Object.entries(units)) {
      mkdirSync(dirname(join(shared, 'units', name)), { recursive: true });
      writeFileSync(join(shared, 'units', name), text);
    }
    const group = `qmptap-test-${String(process.pid)}-${String((groups += 1))}`;
    const manager = start('unshare', [
      ...['--mount', '--propagation', 'private', 'sh', '-c', enter, 'sh'],
      ...[root, shared, resolve('.'), group],
    ]);
    onTestFinished(() => removeGroup(root, group)); // runs last
    onTestFinished(async () => {
      manager.signal('SIGKILL');
      await manager.ended;
    });
    const pid = await until(`systemd to run; ${manager.stderr()}`, () => {
      if (manager.child.exitCode !== null) throw new Error(`systemd has ended: ${manager.stderr()}`);
      return firstProcess(manager.pid);
    });
    await until(`systemd to take commands; ${manager.stderr()}`, () =>
      existsSync(`/proc/${String(pid)}/root/run/systemd/private`),
    );
    return new Systemd(shared, pid);
  }

  /** Runs a program in there. */
  async run(program: string, ...args: readonly string[]): Promise<Ended> {
    const namespaces = ['--mount', '--pid', '--cgroup', '--net', '--ipc'];
    const ran = start('nsenter', [...namespaces, '--target', String(this.#pid), program, ...args]);
    const code = await ran.ended;
    return { code, output: ran.stdout() + ran.stderr() };
  }

  /** What `systemctl` says, which has to succeed. */
  async systemctl(...args: readonly string[]): Promise<string> {
    const { code, output } = await this.run('systemctl', ...args);
    if (code !== 0) throw new Error(`systemctl ${args.join(' ')}: ${output}${this.said().slice(-2000)}`);
    return output.trim();
  }

  /** What systemd has said of itself. */
  said(): string {
    return readFileSync(join(this.folder, 'console'), 'utf8');
  }

  /** A property of a unit. */
  async property(unit: string, name: string): Promise<string> {
    return this.systemctl('show', '--property', name, '--value', unit);
  }
}

export interface Ended {
  readonly code: number | string;
  readonly output: string;
}

/** Of this process. */
let groups = 0;

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

/** Its processes are gone with their namespace. */
async function removeGroup(folder: string, group: string): Promise<void> {
  const remove = `mount -t cgroup2 cgroup2 "$1"; find "$1/$2" -depth -type d -exec rmdir {} +`;
  await start('unshare', ['--mount', '--propagation', 'private', 'sh', '-c', remove, 'sh', folder, group])
    .ended;
}
