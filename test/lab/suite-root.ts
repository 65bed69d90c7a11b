/**
 * Roots of Debian suites, made once with this machine's own mirror, and commands in them. For root, with debootstrap.
 */
import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';

/** Where this machine's own packages come from, which has the other suites too. */
function mirrorOf(): string {
  const format = ['indextargets', '--format', '$(REPO_URI)', 'Created-By: Packages'];
  const sites = spawnSync('apt-get', format, { encoding: 'utf8' }).stdout.split('\n');
  const found = sites.find((site) => /\/debian\/?$/.test(site));
  if (found === undefined) throw new Error('apt knows no mirror of Debian: add one to its sources');
  return found;
}

/**
 * $1: the root; the rest is the command in it. A mere chroot would be left with the first `setns`, which libvirtd does. With a folder
 * for what is temporary, what the command changes is gone with it.
 */
const enter = `set -e
root=$1; shift
if [ -n "$TEMPORARY" ]; then
  changes=$TEMPORARY/changes
  mkdir -p "$changes" "$TEMPORARY/tmp"
  chmod 1777 "$TEMPORARY/tmp"
  mount -t tmpfs tmpfs "$changes"
  mkdir "$changes/upper" "$changes/work" "$changes/root"
  mount -t overlay -o "lowerdir=$root,upperdir=$changes/upper,workdir=$changes/work" overlay "$changes/root"
  root=$changes/root
  mount --bind "$TEMPORARY/tmp" "$root/tmp"
else
  mount --bind "$root" "$root"
fi
mount -t proc proc "$root/proc"
mount --rbind /dev "$root/dev"
mount --rbind /sys "$root/sys"
mount -t tmpfs -o mode=755 tmpfs "$root/run"
cp /etc/resolv.conf /etc/hosts "$root/etc/"
IFS='
'
for place in $BOUND; do
  if [ -d "$place" ]; then mkdir -p "$root$place"; else mkdir -p "$root\${place%/*}"; touch "$root$place"; fi
  mount --bind "$place" "$root$place"
done
cd "$root"
pivot_root . mnt
umount -l /mnt
cd "$INSIDE"
"$@"
exit # this shell stays, since the first process of a namespace has to wait for orphans
`;

/** Where roots are kept, each with the log of its making. */
export function rootPath(name: string): string {
  return join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'qmptap', 'lab', name);
}

/** Those of these programs that are not installed. */
export function missingPrograms(...programs: readonly string[]): string[] {
  return programs.filter((program) => spawnSync('sh', ['-c', 'command -v "$1"', 'sh', program]).status !== 0);
}

/** Does it while no other process does it for this root; the lock is gone with its holder. */
function alone(root: string, work: () => void): void {
  const lock = openSync(`${root}.lock`, 'w', 0o600);
  try {
    // flock(1) locks what it has inherited, so that it stays locked for us when flock has ended.
    const take = (...options: string[]): number | null =>
      spawnSync('flock', [...options, '3'], { stdio: ['ignore', 'inherit', 'inherit', lock] }).status;
    if (take('--nonblock') !== 0) {
      process.stdout.write(`waiting for another process that makes ${root}\n`);
      take();
    }
    work();
  } finally {
    closeSync(lock);
  }
}

export interface RootOptions {
  /** A Debian suite, such as `sid` or `trixie-backports`. */
  readonly suite: string;
  readonly packages: readonly string[];
  /** Has a RAM disk made for the kernel that is among the packages; false: without. */
  readonly bootable?: boolean;
}

/** Makes a root unless it is there; one process at a time. What the programs say is in a log beside it. */
export function makeRoot(root: string, options: RootOptions): void {
  if (existsSync(root)) return;
  mkdirSync(dirname(root), { recursive: true, mode: 0o700 });
  alone(root, () => {
    if (!existsSync(root)) make(root, options);
  });
}

/** Makes it beside its place, and moves it there when it is whole. */
function make(root: string, { suite, packages, bootable = false }: RootOptions): void {
  const part = `${root}.part`;
  rmSync(part, { recursive: true, force: true }); // of one that was killed
  mkdirSync(part, { mode: 0o700 });
  const base = suite.replace('-backports', '');
  const mirror = mirrorOf();
  const log = `${root}.log`;
  const output = openSync(log, 'w', 0o600);
  const done = (program: string, status: number): void => {
    if (status !== 0) throw new Error(`${program} ended with ${status}; what it said is in ${log}`);
  };
  try {
    process.stdout.write(`making ${root}, with ${log}: a few minutes\n`);
    chmodSync(part, 0o755); // apt fetches as a user of its own
    done(
      'debootstrap',
      inNamespaces(['debootstrap', '--variant=minbase', base, part, mirror], {
        environment: process.env,
        output,
      }),
    );
    const suites = base === suite ? base : `${base} ${suite}`;
    rmSync(join(part, 'etc/apt/sources.list'));
    writeFileSync(
      join(part, 'etc/apt/sources.list.d/lab.sources'),
      `Types: deb\nURIs: ${mirror}\nSuites: ${suites}\nComponents: main\nSigned-By: /usr/share/keyrings/debian-archive-keyring.gpg\n`,
    );
    // Proxies, and whether an old mirror is good enough: as on this machine.
    const fetching = spawnSync('apt-config', ['dump', 'Acquire'], { encoding: 'utf8' });
    writeFileSync(join(part, 'etc/apt/apt.conf.d/90this-machine'), fetching.stdout);
    // No service is started.
    writeFileSync(join(part, 'usr/sbin/policy-rc.d'), '#!/bin/sh\nexit 101\n', { mode: 0o755 });
    const environment = {
      ...process.env,
      DEBIAN_FRONTEND: 'noninteractive',
      ...(bootable ? {} : { INITRD: 'No' }),
    };
    const install = ['install', '-y', '-q', '--no-install-recommends', '-t', suite, ...packages];
    for (const args of [['update', '-q'], install, ['clean']])
      done('apt-get', inside(part, ['apt-get', ...args], { environment, output }));
    renameSync(part, root);
  } finally {
    closeSync(output);
    rmSync(part, { recursive: true, force: true });
  }
}

export interface InsideOptions {
  /** Files and folders of this machine that are there too, by the same path. */
  readonly bound?: readonly string[];
  /** An empty folder for what the command changes and for its /tmp. */
  readonly temporary?: string;
  /** Where the command runs. */
  readonly folder?: string;
  readonly environment?: NodeJS.ProcessEnv;
  /** A file for what it says, in place of ours. */
  readonly output?: number;
}

/** Runs a command in a root; its exit code. */
export function inside(root: string, command: readonly string[], options: InsideOptions = {}): number {
  const { bound = [], temporary = '', folder = '/', environment } = options;
  return inNamespaces(['sh', '-c', enter, 'sh', root, ...command], {
    ...options,
    environment: {
      ...environment,
      PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
      BOUND: bound.join('\n'),
      TEMPORARY: temporary,
      INSIDE: folder,
      TMPDIR: '/tmp',
    },
  });
}

/** Runs a command whose processes and mounts end with it; its exit code. */
function inNamespaces(command: readonly string[], { environment, output }: InsideOptions): number {
  const namespaces = ['--mount', '--propagation', 'private', '--pid', '--fork', '--kill-child'];
  const { status, error } = spawnSync('unshare', [...namespaces, ...command], {
    stdio: output === undefined ? 'inherit' : ['ignore', output, output],
    env: environment,
  });
  if (error !== undefined) throw error;
  return status ?? 1;
}
