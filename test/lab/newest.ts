/**
 * Runs the lab's tests with the QEMU, the guest agent and the libvirt of another Debian suite. Needs root and debootstrap:
 *
 *     npm run lab:newest -- sid                          all of test/lab
 *     npm run lab:newest -- trixie-backports             trixie, with what its backports have newer
 *     npm run lab:newest -- sid test/lab/framing.test.ts -t agent     arguments for vitest
 *     npm run lab:newest -- sid -- sh                    a command there, in place of the tests
 *
 * The suite's root is made once, in $XDG_CACHE_HOME/qmptap/lab/SUITE; remove it to have today's versions. The tests run in it
 * with this machine's Node and this tree, in namespaces of their own: when they end, nothing runs and nothing is mounted.
 */
import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  closeSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';

/** Where this machine's own packages come from, which has the other suites too. */
function mirrorOf(): string {
  const format = ['indextargets', '--format', '$(REPO_URI)', 'Created-By: Packages'];
  const sites = spawnSync('apt-get', format, { encoding: 'utf8' }).stdout.split('\n');
  const found = sites.find((site) => /\/debian\/?$/.test(site));
  if (found === undefined) throw new Error('apt knows no mirror of Debian: add one to its sources');
  return found;
}

/** Of the packages that `.ci/run` installs, those that only compile the project. */
const compilers = ['make', 'g++', 'ccache'];

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

const [suite = '', ...rest] = process.argv.slice(2);
const say = (text: string): boolean => process.stdout.write(`${text}\n`);
process.exitCode = main();

function main(): number {
  const refusal = refusalOf(suite);
  if (refusal !== undefined) {
    process.stderr.write(`lab:newest: ${refusal}\n`);
    return 2;
  }
  const cache = join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'qmptap', 'lab');
  const root = join(cache, suite);
  if (!existsSync(root)) {
    mkdirSync(cache, { recursive: true, mode: 0o700 });
    alone(root, () => {
      if (!existsSync(root)) make(root);
    });
  }
  return run(root);
}

function refusalOf(name: string): string | undefined {
  if (!/^[a-z]+(-backports)?$/.test(name))
    return `which Debian suite? Usage: npm run lab:newest -- SUITE [arguments for vitest], such as sid or trixie`;
  if (process.getuid?.() !== 0) return 'needs root, to make a root of the suite and to mount: run it as root';
  const missing = ['debootstrap', 'flock', 'pivot_root', 'unshare'].filter(
    (program) => spawnSync('sh', ['-c', 'command -v "$1"', 'sh', program]).status !== 0,
  );
  if (missing.length > 0) return `not installed: ${missing.join(', ')}`;
  return undefined;
}

/** Does it while no other process does it for this root; the lock is gone with its holder. */
function alone(root: string, work: () => void): void {
  const lock = openSync(`${root}.lock`, 'w', 0o600);
  try {
    // flock(1) locks what it has inherited, so that it stays locked for us when flock has ended.
    const take = (...options: string[]): number | null =>
      spawnSync('flock', [...options, '3'], { stdio: ['ignore', 'inherit', 'inherit', lock] }).status;
    if (take('--nonblock') !== 0) {
      say(`waiting for another process that makes ${root}`);
      take();
    }
    work();
  } finally {
    closeSync(lock);
  }
}

/** Makes a root beside its place, and moves it there when it is whole. What the programs say is in a log beside it. */
function make(root: string): void {
  const part = `${root}.part`;
  rmSync(part, { recursive: true, force: true }); // of one that was killed
  mkdirSync(part, { mode: 0o700 });
  const base = suite.replace('-backports', '');
  const mirror = mirrorOf();
  const packages = packagesOf(readFileSync('.ci/run', 'utf8'));
  const log = `${root}.log`;
  const output = openSync(log, 'w', 0o600);
  const done = (program: string, status: number): void => {
    if (status !== 0) throw new Error(`${program} ended with ${status}; what it said is in ${log}`);
  };
  try {
    say(`making ${root}, with ${log}: a few minutes`);
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
    // No service is started, and a guest's kernel needs no RAM disk.
    writeFileSync(join(part, 'usr/sbin/policy-rc.d'), '#!/bin/sh\nexit 101\n', { mode: 0o755 });
    const environment = { ...process.env, DEBIAN_FRONTEND: 'noninteractive', INITRD: 'No' };
    const install = ['install', '-y', '-q', '--no-install-recommends', '-t', suite, ...packages];
    for (const args of [['update', '-q'], install, ['clean']])
      done('apt-get', inside(part, ['apt-get', ...args], { environment, output }));
    renameSync(part, root);
  } finally {
    closeSync(output);
    rmSync(part, { recursive: true, force: true });
  }
}

function packagesOf(ciRun: string): string[] {
  const list = /^packages=\(([^)]*)\)/m.exec(ciRun)?.[1];
  if (list === undefined) throw new Error('.ci/run has no line packages=(…)');
  return list.split(/\s+/).filter((name) => name !== '' && !compilers.includes(name));
}

function run(root: string): number {
  const project = process.cwd();
  const temporary = mkdtempSync(join(tmpdir(), 'qmptap-newest-'));
  const bound = [process.execPath, project];
  const own = Object.entries(process.env).filter(([name]) => /^(?:QMPTAP_|TERM$|CI$)/.test(name));
  const environment = { HOME: '/root', ...Object.fromEntries(own), QMPTAP_LAB: 'required' };
  const options = { bound, temporary, folder: project, environment };
  const versions = 'qemu-system-x86_64 --version | head -1; qemu-ga --version; libvirtd --version';
  try {
    inside(root, ['sh', '-c', `${versions}; echo "Node $("$0" --version)"`, process.execPath], options);
    if (rest[0] === '--') return inside(root, rest.slice(1), options);
    // What other Nodes do is no matter of the suite.
    const all = ['test/lab', '--exclude', 'test/lab/nodes.test.ts'];
    const files = rest.some((argument) => argument.startsWith('test/')) ? rest : [...all, ...rest];
    const vitest = ['node_modules/vitest/vitest.mjs', 'run', ...files];
    return inside(root, [process.execPath, ...vitest], options);
  } finally {
    rmSync(temporary, { recursive: true, force: true });
  }
}

interface Options {
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
function inside(root: string, command: readonly string[], options: Options = {}): number {
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
function inNamespaces(command: readonly string[], { environment, output }: Options): number {
  const namespaces = ['--mount', '--propagation', 'private', '--pid', '--fork', '--kill-child'];
  const { status, error } = spawnSync('unshare', [...namespaces, ...command], {
    stdio: output === undefined ? 'inherit' : ['ignore', output, output],
    env: environment,
  });
  if (error !== undefined) throw error;
  return status ?? 1;
}
