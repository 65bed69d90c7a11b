/**
 * Looks at all that an emulator needs where libvirt starts it, as the user by whom libvirt starts it, and
 * says which line to change. Changes nothing itself.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { userInfo } from 'node:os';
import { dirname, resolve } from 'node:path';
import { UsageError } from '../errors.js';
import { quoted } from './command-line.js';
import { recordingsIn } from './recorded-vm.js';
import { emulatorFacts, type EmulatorFacts } from './emulator-facts.js';

/** One thing that was looked at. */
export interface Finding {
  /** `unknown`: it could not be found out, or is for the user to judge. */
  readonly state: 'good' | 'bad' | 'unknown';
  readonly what: string;
  /** What to do; several lines where lines are to be added to a file. */
  readonly remedy?: string;
}

export interface DoctorOptions {
  /** The VM's name, or the emulator's path. */
  readonly subject: string;
  /** libvirt's address; without it virsh's own choice. */
  readonly connect?: string | undefined;
  /** For tests: where the system's files are. */
  readonly root?: string | undefined;
}

interface Surroundings {
  readonly root: string;
  /** By whom QEMU is run; undefined: us. */
  readonly user: { readonly name: string; readonly uid: number; readonly gid: number } | undefined;
  readonly system: boolean;
}

/** Looks at everything. @throws UsageError if there is no such VM or file, or virsh is needed and not there */
export function examine(options: DoctorOptions): readonly Finding[] {
  const isPath = options.subject.includes('/');
  const path = isPath ? resolve(options.subject) : emulatorOf(options.subject, options.connect);
  const surroundings = lookAround(options, isPath);
  const text = readText(path);
  if (isPath && text === undefined)
    throw new UsageError(`doctor: ${path}: there is no such file, or it may not be read`);
  const facts = emulatorFacts(text ?? '');
  if (facts === undefined) {
    const remedy = isPath
      ? 'write one with: qmptap emulator PATH --qemu BIN --recordings DIR'
      : `virsh edit ${quoted(options.subject)}, and in <devices>: <emulator>PATH</emulator>, where qmptap emulator has written PATH`;
    return [{ state: 'bad', what: `${path} is no emulator of qmptap's`, remedy }];
  }
  return [
    { state: 'good', what: `${path} is an emulator of qmptap's, ${facts.kind}` },
    ...othersMayWrite([path, facts.bash, facts.node, facts.main]),
    ...programs(path, facts, surroundings),
    ...folders(facts, surroundings),
    ...apparmor(path, facts, surroundings),
    ...selinux(path, facts, surroundings),
  ];
}

function emulatorOf(domain: string, connect: string | undefined): string {
  const { error, status, stdout, stderr } = virsh(connect, 'dumpxml', '--inactive', `--domain=${domain}`);
  if (error !== undefined)
    throw new UsageError(`doctor: virsh cannot be run (${error.message}); give the emulator's path`);
  if (status !== 0) {
    const [why = ''] = stderr
      .trim()
      .replace(/^error: /, '')
      .split('\n');
    throw new UsageError(
      `doctor: virsh: ${why || 'failed'}; name libvirt's address with --connect, or give the emulator's path`,
    );
  }
  return (
    /<emulator>([^<]*)<\/emulator>/
      .exec(stdout)?.[1]
      ?.replaceAll('&lt;', '<')
      .replaceAll('&gt;', '>')
      .replaceAll('&amp;', '&') ?? ''
  );
}

function virsh(
  connect: string | undefined,
  ...args: readonly string[]
): ReturnType<typeof spawnSync> & { stdout: string; stderr: string } {
  return spawnSync('virsh', [...(connect === undefined ? [] : ['-c', connect]), ...args], {
    encoding: 'utf8',
  });
}

/** Which user's QEMU it will be: of a VM as libvirt says, of a path as who asks would use it. */
function lookAround({ connect, root = '' }: DoctorOptions, isPath: boolean): Surroundings {
  const own = userInfo();
  const uri = isPath && connect === undefined ? '' : virsh(connect, 'uri').stdout.trim();
  const system = uri === '' ? own.uid === 0 : !uri.includes('/session');
  if (!system) return { root, system, user: undefined };
  const configured = /^\s*user\s*=\s*"\+?([^"]+)"/m.exec(
    readText(`${root}/etc/libvirt/qemu.conf`) ?? '',
  )?.[1];
  const user = [configured, 'libvirt-qemu', 'qemu']
    .map((name) => passwd(name, root))
    .find((one) => one !== undefined);
  return { root, system, user: user?.uid === own.uid ? undefined : user };
}

function passwd(name: string | undefined, root: string): Surroundings['user'] {
  if (name === undefined) return undefined;
  const lines = (readText(`${root}/etc/passwd`) ?? '').split('\n').map((line) => line.split(':'));
  const line = lines.find((fields) => fields[0] === name || fields[2] === name);
  return line === undefined
    ? undefined
    : { name: line[0] ?? name, uid: Number(line[2]), gid: Number(line[3]) };
}

/** What others may change is run as the user of QEMU, and here by whoever asks: so it is not run. */
function othersMayWrite(paths: readonly string[]): Finding[] {
  return paths.flatMap((path) => {
    const found = statSync(path, { throwIfNoEntry: false });
    const safe =
      found === undefined || ([0, userInfo().uid].includes(found.uid) && (found.mode & 0o022) === 0);
    const remedy = `chown root ${quoted(path)}; chmod go-w ${quoted(path)}`;
    return safe ? [] : [{ state: 'bad' as const, what: `others may change ${path}`, remedy }];
  });
}

function programs(path: string, facts: EmulatorFacts, around: Surroundings): Finding[] {
  const found: Finding[] = [
    can(
      around,
      'x',
      path,
      'run',
      `chmod 755 ${quoted(path)}, and let every folder above it be entered (chmod o+x)`,
    ),
    can(around, 'x', facts.bash, 'run', `install bash, and write the emulator anew`),
  ];
  if (facts.qemu !== undefined && facts.qemu !== '') {
    found.push(can(around, 'x', facts.qemu, 'run', 'write the emulator anew with the right --qemu'));
  }
  const what = `${whom(around)} can run ${facts.node} ${facts.main}`;
  if (othersMayWrite([path, facts.node, facts.main]).length > 0) {
    return [...found, { state: 'unknown', what: `${what}: not tried, since others may change them` }];
  }
  const { status, stderr } = as(around, facts.node, [facts.main, '--version']);
  const moved =
    'install Node and qmptap where everybody can read them (/usr/local, not a home), and write the emulator anew';
  found.push(
    status === 0
      ? { state: 'good', what }
      : { state: 'bad', what: `${what}: no: ${stderr.trim().split('\n').at(-1) ?? ''}`, remedy: moved },
  );
  const require = createRequire(import.meta.url);
  const packages = ['koffi', 'better-sqlite3'].map((name) => require.resolve(name));
  const load = as(around, facts.node, [
    '-e',
    packages.map((one) => `require(${JSON.stringify(one)});`).join(''),
  ]);
  found.push(
    load.status === 0
      ? { state: 'good', what: `${whom(around)} can load koffi and better-sqlite3` }
      : { state: 'bad', what: `${whom(around)} cannot load koffi and better-sqlite3`, remedy: moved },
  );
  return found;
}

function folders(facts: EmulatorFacts, around: Surroundings): Finding[] {
  const owner = around.user === undefined ? '' : `-o ${quoted(around.user.name)} `;
  if (facts.kind === 'recording') {
    const make = (folder: string): string =>
      `install -d -m 0700 ${owner}${quoted(folder)}, in folders that may be entered`;
    return facts.recordings.map((folder) => can(around, 'w', folder, 'write in', make(folder)));
  }
  // A recording is private to who made it.
  const give = (path: string): string =>
    `install -m 0600 ${owner}${quoted(path)} into a folder that may be entered`;
  return recordingsIn(facts.recordings).map((path) => can(around, 'r', path, 'read', give(path)));
}

function can(
  around: Surroundings,
  right: 'r' | 'w' | 'x',
  path: string,
  verb: string,
  remedy: string,
): Finding {
  const what = `${whom(around)} can ${verb} ${path}`;
  const { status } = as(around, 'test', [
    `-${right}`,
    path,
    ...(right === 'w' ? ['-a', '-d', path, '-a', '-x', path] : []),
  ]);
  return status === 0 ? { state: 'good', what } : { state: 'bad', what: `${what}: no`, remedy };
}

function whom({ user }: Surroundings): string {
  return user?.name ?? userInfo().username;
}

/** Runs a program as the user whose QEMU it will be, where we may: root may. */
function as(
  { user }: Surroundings,
  program: string,
  args: readonly string[],
): { status: number | null; stderr: string } {
  const identity = user !== undefined && userInfo().uid === 0 ? { uid: user.uid, gid: user.gid } : {};
  const { status, stderr } = spawnSync(program, args, {
    ...identity,
    cwd: '/',
    encoding: 'utf8',
    timeout: 20_000,
    env: { PATH: process.env['PATH'] },
  });
  return { status, stderr };
}

/** libvirt confines each VM to a profile that includes `abstractions/libvirt-qemu`. */
function apparmor(path: string, facts: EmulatorFacts, { root, system }: Surroundings): Finding[] {
  const enabled = readText(`${root}/sys/module/apparmor/parameters/enabled`)?.startsWith('Y') === true;
  if (!system || !enabled || securityIsOff(root))
    return [{ state: 'good', what: 'AppArmor does not confine VMs here' }];
  const local = '/etc/apparmor.d/local/abstractions/libvirt-qemu';
  const present = readText(root + local) ?? '';
  const missing = apparmorRules(path, facts).filter((rule) => !present.includes(rule.trim()));
  if (missing.length === 0) return [{ state: 'good', what: `AppArmor: ${local} has the rules` }];
  const remedy = `add to ${local}, then systemctl reload apparmor:\n${missing.join('\n')}`;
  return [{ state: 'bad', what: 'AppArmor keeps a VM from running and writing these', remedy }];
}

/** What a VM's profile must allow. `ix`: the child keeps the profile. */
function apparmorRules(path: string, facts: EmulatorFacts): string[] {
  const modules = createRequire(import.meta.url)
    .resolve('koffi')
    .replace(/\/node_modules\/.*/s, '/node_modules');
  return [
    `  ${path} rmix,`,
    `  ${facts.node} rmix,`,
    `  ${dirname(dirname(dirname(facts.main)))}/** r,`,
    `  ${modules}/** mr,`,
    ...facts.recordings.map((one) =>
      facts.kind === 'recording' ? `  ${one}/ rw,\n  ${one}/** rwk,` : `  ${one}{,/**} rk,`,
    ),
    '  owner @{PROC}/@{pid}/{fd/,task/,stat,net/unix,cgroup} r,',
  ];
}

function securityIsOff(root: string): boolean {
  const conf = readText(`${root}/etc/libvirt/qemu.conf`) ?? '';
  return /^\s*security_driver\s*=\s*(?:\[\s*)?"none"/m.test(conf);
}

function selinux(path: string, facts: EmulatorFacts, { root, system }: Surroundings): Finding[] {
  if (!system || !existsSync(`${root}/sys/fs/selinux/enforce`) || securityIsOff(root)) return [];
  const label = spawnSync('stat', ['-c', '%C', path], { encoding: 'utf8' }).stdout.trim();
  if (label.includes('qemu_exec_t')) return [{ state: 'good', what: `SELinux: ${path} may become a VM` }];
  const recordings = facts.recordings.map((one) => `chcon -R -t svirt_image_t -l s0 ${quoted(one)}`);
  const remedy = [`chcon -t qemu_exec_t ${quoted(path)}`, ...recordings].join('\n');
  return [{ state: 'unknown', what: `SELinux: ${path} is ${label}; a VM is entered by qemu_exec_t`, remedy }];
}

function readText(path: string): string | undefined {
  try {
    return statSync(path).isFile() ? readFileSync(path, 'utf8') : undefined;
  } catch {
    return undefined;
  }
}
