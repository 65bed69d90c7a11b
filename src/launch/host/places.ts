/**
 * Where the monitors and agents of this machine's VMs are: the one table of the folders of libvirt, Incus and
 * Proxmox. A place is a pattern of paths, in which `*` stands for what differs from VM to VM.
 */
import { homedir } from 'node:os';
import { join, parse, resolve } from 'node:path';
import { UsageError } from '../../errors.js';
import type { Dialect } from '../../recording/session.js';
import { incusFolders, proxmoxFolder, proxmoxName } from '../attach/target.js';

export interface Place {
  /** An absolute path; each of its parts may have `*` and `?`. */
  readonly pattern: string;
  /** Undefined: recognised from the traffic. */
  readonly dialect: Dialect | undefined;
  /** The folder in which libvirt writes down what runs there. */
  readonly state?: string | undefined;
  /** A VM's name, of what the pattern left open; that itself without this. */
  readonly nameOf?: ((open: string) => string) | undefined;
  /** A user has named it, and is told if it cannot be watched. */
  readonly wanted?: boolean | undefined;
}

/** A socket at a place, and whose it is. */
export interface FoundSocket {
  readonly path: string;
  readonly dialect: Dialect | undefined;
  /** The same for all sockets of a VM, and for no other VM. */
  readonly vm: string;
  /** The VM's name; of a libvirt domain, as much of it as is in the folder's name. */
  readonly name: string;
  readonly state: string | undefined;
}

/** The guest agent's channel, as libvirt calls it. */
const agentChannel = 'org.qemu.guest_agent.0';

/** The places that are known. */
export function knownPlaces(): readonly Place[] {
  const config = process.env['XDG_CONFIG_HOME'] ?? join(homedir(), '.config');
  const runtime = process.env['XDG_RUNTIME_DIR'] ?? `/run/user/${process.geteuid?.() ?? 0}`;
  const system = libvirtPlaces('/var/lib/libvirt/qemu', '/run/libvirt/qemu');
  const session = libvirtPlaces(join(config, 'libvirt/qemu/lib'), join(runtime, 'libvirt/qemu/run'));
  const incus = incusFolders.map((folder): Place => ({
    pattern: `${folder}/*/qemu.monitor`,
    dialect: 'qmp',
  }));
  const proxmox = { nameOf: proxmoxName };
  return [
    ...system,
    ...session,
    ...incus,
    { ...proxmox, pattern: `${proxmoxFolder}/*.qmp`, dialect: 'qmp' },
    { ...proxmox, pattern: `${proxmoxFolder}/*.qga`, dialect: 'qga' },
  ];
}

function libvirtPlaces(lib: string, state: string): Place[] {
  return [
    { state, pattern: `${lib}/domain-*/monitor.sock`, dialect: 'qmp' },
    { state, pattern: `${lib}/channel/target/domain-*/${agentChannel}`, dialect: 'qga' },
    // Since libvirt 10 or so.
    { state, pattern: `${state}/channel/*/${agentChannel}`, dialect: 'qga' },
  ];
}

/** A place that the user has named. @throws UsageError */
export function watchedPlace(glob: string): Place {
  if (glob === '' || glob.endsWith('/')) {
    throw new UsageError({
      subject: `--watch ${glob}`,
      reason: 'it has to name sockets',
      remedy: "write their path, with * where it differs, as in '/run/vm/*/qmp.sock'",
    });
  }
  const pattern = resolve(glob);
  const isAgent = pattern.endsWith(`/${agentChannel}`) || pattern.endsWith('.qga');
  return { pattern, dialect: isAgent ? 'qga' : undefined, wanted: true };
}

/** The folder that a place's sockets are somewhere below. */
export function fixedFolder({ pattern }: Place): string {
  const parts = pattern.split('/');
  const open = parts.findIndex((part) => /[*?]/.test(part));
  return parts.slice(0, open < 0 ? -1 : open).join('/') || '/';
}

/** Whose socket this is, at the place whose pattern the path matches. */
export function socketAt({ pattern, dialect, state, nameOf }: Place, path: string): FoundSocket {
  const { folder, open } = leftOpen(pattern, path);
  const domain = /^(?:domain-)?(\d+)-(.+)$/s.exec(open);
  if (domain !== null && /\/(?:monitor\.sock|org\.qemu\.guest_agent\.0)$/.test(path)) {
    const [, id = '', name = ''] = domain;
    // Monitors and agents of one daemon are in different folders.
    const daemon = state ?? folder.replace(/\/channel(?:\/target)?$/, '');
    return { path, dialect, state, vm: `${daemon}/${id}-${name}`, name };
  }
  return { path, dialect, state, vm: `${folder}/${open}`, name: nameOf?.(open) ?? open };
}

/** What the last part with a wildcard stands for, without a file's ending, and the folder that it is in. */
function leftOpen(pattern: string, path: string): { folder: string; open: string } {
  const parts = path.split('/');
  const at = pattern.split('/').findLastIndex((part) => /[*?]/.test(part));
  if (at < 0 || at === parts.length - 1) return { folder: parse(path).dir, open: parse(path).name };
  return { folder: parts.slice(0, at).join('/'), open: parts[at] ?? '' };
}
