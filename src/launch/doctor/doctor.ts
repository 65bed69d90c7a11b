/**
 * Checks everything that an emulator needs under libvirt, as the user that libvirt runs QEMU as, and
 * says which line to change. Changes nothing itself.
 */
import { statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { userInfo } from 'node:os';
import { resolve } from 'node:path';
import { UsageError } from '../../errors.js';
import { sqlitePackage } from '../../store/disk/sqlite.js';
import { quoted } from '../../text/command-line.js';
import { apparmor, selinux } from './confinement.js';
import type { Finding } from './finding.js';
import { as, emulatorOf, lookAround, readText, type Surroundings, whom } from './surroundings.js';
import { emulatorFacts, type EmulatorFacts } from '../emulator/emulator-facts.js';
import { recordingsIn } from '../emulator/recorded-vm.js';

export interface DoctorOptions {
  /** The VM's name, or the emulator's path. */
  readonly subject: string;
  /** libvirt's address; without it virsh's own choice. */
  readonly connect?: string | undefined;
  /** For tests: where the system's files are. */
  readonly root?: string | undefined;
}

/** Looks at everything. @throws UsageError if there is no such VM or file, or virsh is needed and not there */
export function examine(options: DoctorOptions): readonly Finding[] {
  const isPath = options.subject.includes('/');
  const path = isPath ? resolve(options.subject) : emulatorOf(options.subject, options.connect);
  const surroundings = lookAround(options.connect, options.root ?? '', isPath);
  const text = readText(path);
  if (isPath && text === undefined)
    throw new UsageError({
      subject: path,
      reason: 'there is no such file, or it may not be read',
      remedy: 'give the name of a VM or the path of an emulator',
    });
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

/** Never run a program that other users may change: it would run as QEMU's user, and here as the caller. */
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
    can(around, 'x', path, `chmod 755 ${quoted(path)}, and let every folder above it be entered (chmod o+x)`),
    can(around, 'x', facts.bash, 'install bash, and write the emulator again'),
  ];
  if (facts.qemu !== undefined && facts.qemu !== '') {
    found.push(can(around, 'x', facts.qemu, 'write the emulator again with the right --qemu'));
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
  const packages = ['koffi', sqlitePackage];
  const names = packages.join(' and ');
  const load = as(around, facts.node, [
    '-e',
    packages.map((name) => `require(${JSON.stringify(require.resolve(name))});`).join(''),
  ]);
  found.push(
    load.status === 0
      ? { state: 'good', what: `${whom(around)} can load ${names}` }
      : { state: 'bad', what: `${whom(around)} cannot load ${names}`, remedy: moved },
  );
  return found;
}

function folders(facts: EmulatorFacts, around: Surroundings): Finding[] {
  const owner = around.user === undefined ? '' : `-o ${quoted(around.user.name)} `;
  if (facts.kind === 'recording') {
    const make = (folder: string): string =>
      `install -d -m 0700 ${owner}${quoted(folder)}, in folders that may be entered`;
    return facts.recordings.map((folder) => can(around, 'w', folder, make(folder)));
  }
  // A recording is private to who made it.
  const give = (path: string): string =>
    `install -m 0600 ${owner}${quoted(path)} into a folder that may be entered`;
  return recordingsIn(facts.recordings).map((path) => can(around, 'r', path, give(path)));
}

const verbs = { r: 'read', w: 'write in', x: 'run' } as const;

function can(around: Surroundings, right: keyof typeof verbs, path: string, remedy: string): Finding {
  const what = `${whom(around)} can ${verbs[right]} ${path}`;
  const { status } = as(around, 'test', [
    `-${right}`,
    path,
    ...(right === 'w' ? ['-a', '-d', path, '-a', '-x', path] : []),
  ]);
  return status === 0 ? { state: 'good', what } : { state: 'bad', what: `${what}: no`, remedy };
}
