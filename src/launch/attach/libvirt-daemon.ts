/** The libvirt daemon that runs QEMU for a connection URI: its process, its files, and its unit. */
import { existsSync, readFileSync, readlinkSync } from 'node:fs';
import { homedir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { UsageError } from '../../errors.js';
import { dial } from '../../transport/dial.js';

/** A daemon that runs. */
export interface LibvirtDaemon {
  readonly uri: string;
  readonly pid: number;
  /** Before each path that the daemon names: empty, unless it has mounts of its own. */
  readonly root: string;
  /** Where it keeps what it knows of the VMs that run, `NAME.xml`; as it names the folder. */
  readonly state: string;
  /** A folder of its own, on a disk, where it may write; as it names the folder. */
  readonly files: string;
  /** Where its own settings are changed: what `virt-admin` connects to. */
  readonly admin: string;
  /** The systemd unit that it runs in, and whether that is the user's own systemd's. */
  readonly unit: { readonly name: string; readonly user: boolean } | undefined;
}

/** What libvirt's client library would connect to (`virsh uri`). */
export function defaultUri(): string {
  const set = process.env['LIBVIRT_DEFAULT_URI'];
  if (set !== undefined && set !== '') return set;
  return process.geteuid?.() === 0 ? 'qemu:///system' : 'qemu:///session';
}

/** Where the system's daemon keeps its files. */
const systemFiles = '/var/lib/libvirt';

/** The daemons that run QEMU, and the names of their sockets in the folder of these. */
const daemons = [
  { name: 'virtqemud', socket: 'virtqemud-sock', admin: 'virtqemud-admin-sock' },
  { name: 'libvirtd', socket: 'libvirt-sock', admin: 'libvirt-admin-sock' },
] as const;

type Daemon = (typeof daemons)[number];

/** @throws UsageError where no daemon runs for this URI, or it is on another machine */
export async function libvirtDaemon(uri: string): Promise<LibvirtDaemon> {
  const [, host = '', kind = '', query = ''] =
    /^qemu(?:\+unix)?:\/\/([^/?]*)\/(system|session)(?:\?(.*))?$/.exec(uri) ?? [];
  if (kind === '' || host !== '') {
    throw new UsageError(
      `${uri}: only QEMU on this machine can be attached to; give qemu:///system or qemu:///session`,
    );
  }
  const runtime = kind === 'system' ? '/run/libvirt' : userRuntime();
  const named = new URLSearchParams(query).get('socket');
  const sockets = named === null ? daemons.map(({ socket }) => join(runtime, socket)) : [named];
  for (const socket of sockets) {
    if (!existsSync(socket)) continue;
    const pid = (await listenerOf(socket)) ?? pidFromFile(kind === 'system' ? '/run' : runtime);
    if (pid === undefined) continue;
    const state = kind === 'system' ? '/run/libvirt/qemu' : join(runtime, 'qemu/run');
    const files = kind === 'system' ? systemFiles : join(userCache(), 'libvirt');
    const admin = adminUri(programOf(socket, pid), kind, named);
    return { uri, pid, root: rootOf(pid), state, files, admin, unit: unitOf(pid) };
  }
  throw new UsageError({
    subject: uri,
    reason: `no libvirt daemon runs there (looked at ${sockets.join(', ')})`,
  });
}

function userRuntime(): string {
  return join(process.env['XDG_RUNTIME_DIR'] ?? `/run/user/${process.geteuid?.() ?? 0}`, 'libvirt');
}

function userCache(): string {
  return process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache');
}

/** Which of the daemons it is: by its socket's name, or else by the process. */
function programOf(socket: string, pid: number): Daemon {
  const comm = textOf(`/proc/${pid}/comm`).trim();
  return (
    daemons.find((one) => one.socket === basename(socket)) ??
    daemons.find(({ name }) => name === comm) ??
    daemons[1]
  );
}

/** `named`: the socket that the user's URI names; the other one is beside it. */
function adminUri({ name, admin }: Daemon, kind: string, named: string | null): string {
  const uri = `${name}:///${kind}`;
  return named === null ? uri : `${uri}?socket=${encodeURIComponent(join(dirname(named), admin))}`;
}

/** Who has called `listen`; undefined if that was systemd, which hands sockets on. */
async function listenerOf(path: string): Promise<number | undefined> {
  try {
    const stream = await dial({ kind: 'unix', path }, { signal: AbortSignal.timeout(5000) });
    const { pid } = stream.peer;
    stream.destroy();
    return pid === undefined || /^systemd/.test(textOf(`/proc/${pid}/comm`)) ? undefined : pid;
  } catch {
    return undefined;
  }
}

/** Where its paths begin, seen from here; empty if it is with us in the same mounts. */
function rootOf(pid: number): string {
  try {
    if (readlinkSync(`/proc/${pid}/ns/mnt`) === readlinkSync('/proc/self/ns/mnt')) return '';
  } catch {
    // Not ours to look at: then by the process.
  }
  return `/proc/${pid}/root`;
}

function pidFromFile(folder: string): number | undefined {
  for (const { name } of daemons) {
    const pid = Number(textOf(join(folder, `${name}.pid`)));
    if (Number.isSafeInteger(pid) && pid > 0 && textOf(`/proc/${pid}/comm`).trim() === name) return pid;
  }
  return undefined;
}

/** The last part of the process' place in systemd's hierarchy that is a service. */
function unitOf(pid: number): LibvirtDaemon['unit'] {
  const cgroup = /^0::(.*)$/m.exec(textOf(`/proc/${pid}/cgroup`))?.[1] ?? '';
  const name = cgroup.split('/').findLast((part) => part.endsWith('.service'));
  if (name === undefined || name.startsWith('user@')) return undefined;
  return { name, user: /\/user@\d+\.service\//.test(cgroup) };
}

function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
