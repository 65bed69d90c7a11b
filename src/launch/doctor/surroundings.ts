/** Where an emulator will run: under the system's libvirt or a session's, and as which user. */
import { spawnSync } from 'node:child_process';
import { readFileSync, statSync } from 'node:fs';
import { userInfo } from 'node:os';
import { UsageError } from '../../errors.js';

export interface Surroundings {
  readonly root: string;
  /** The user that QEMU runs as; undefined: ours. */
  readonly user: { readonly name: string; readonly uid: number; readonly gid: number } | undefined;
  readonly system: boolean;
}

/** The path of the VM's emulator. @throws UsageError if virsh does not know it */
export function emulatorOf(domain: string, connect: string | undefined): string {
  const { output, why } = virsh(connect, 'dumpxml', '--inactive', `--domain=${domain}`);
  if (output === undefined)
    throw new UsageError({
      subject: 'doctor',
      reason: why,
      remedy: "name libvirt's address with --connect, or give the emulator's path",
    });
  return (/<emulator>([^<]*)<\/emulator>/.exec(output)?.[1] ?? '').replace(
    /&(lt|gt|quot|apos|amp);/g,
    (reference: string, name: string) => entities[name] ?? reference,
  );
}

const entities: Readonly<Record<string, string>> = { lt: '<', gt: '>', quot: '"', apos: "'", amp: '&' };

/** Asks virsh; `output` is undefined if it could not be run or had none to give, `why` says so in one line. */
function virsh(
  connect: string | undefined,
  ...args: readonly string[]
): { readonly output: string | undefined; readonly why: string } {
  const at = connect === undefined ? [] : ['-c', connect];
  const { error, status, stdout, stderr } = spawnSync('virsh', [...at, ...args], { encoding: 'utf8' });
  if (error !== undefined) return { output: undefined, why: `virsh cannot be run (${error.message})` };
  if (status === 0) return { output: stdout.trim(), why: '' };
  const [why = ''] = stderr
    .trim()
    .replace(/^error: /, '')
    .split('\n');
  return { output: undefined, why: `virsh: ${why || 'failed'}` };
}

/** Finds the user that QEMU will run as: for a VM, what libvirt says; for a path, the caller's libvirt. */
export function lookAround(connect: string | undefined, root: string, isPath: boolean): Surroundings {
  const own = userInfo();
  const uri = isPath && connect === undefined ? '' : (virsh(connect, 'uri').output ?? '');
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

export function whom({ user }: Surroundings): string {
  return user?.name ?? userInfo().username;
}

/** Runs a program as the user that QEMU will run as, if we are root; else as ourselves. */
export function as(
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

/** Undefined if there is no such file, or it may not be read. */
export function readText(path: string): string | undefined {
  try {
    return statSync(path).isFile() ? readFileSync(path, 'utf8') : undefined;
  } catch {
    return undefined;
  }
}
