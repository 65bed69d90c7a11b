/** What a user may mean by TARGET: a path, a libvirt domain, an Incus instance, a VM of Proxmox, a QEMU by its process. */
import { existsSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import { UsageError } from '../../errors.js';
import type { AttachedChannel } from './attach.js';
import { channelsOf, findDomain } from './libvirt-domain.js';
import { defaultUri, type LibvirtDaemon, libvirtDaemon } from './libvirt-daemon.js';
import { qemuProcess } from './qemu-process.js';

export interface TargetOptions {
  /** The word as the user typed it; undefined with `pid`. */
  readonly target: string | undefined;
  readonly pid?: number | undefined;
  /** The guest agent's channel, too. */
  readonly agent?: boolean | undefined;
  /** libvirt's connection URI; then `target` is a domain. */
  readonly connect?: string | undefined;
}

export interface Target {
  readonly channels: readonly [AttachedChannel, ...AttachedChannel[]];
  /** The server's process, where it is known. */
  readonly pid?: number | undefined;
  /** A name for its sessions, if the target has one. */
  readonly label: string | undefined;
  /** What the user should know before it begins, one line each. */
  readonly notices: readonly string[];
  /** Its client keeps one connection, which has been made already: libvirt's. */
  readonly libvirt: { readonly daemon: LibvirtDaemon; readonly domain: string } | undefined;
}

/** Where Incus and LXD keep an instance's monitor, `NAME/qemu.monitor`; the first that is there. */
export const incusFolders = ['/run/incus', '/run/lxd', '/var/snap/lxd/common/lxd/logs'];

/** Where Proxmox keeps the sockets of its VMs, `VMID.qmp` and `VMID.qga`. */
export const proxmoxFolder = '/run/qemu-server';

/** What a VM of Proxmox is called, which has only a number. */
export function proxmoxName(vmid: string): string {
  return `vm-${vmid}`;
}

/** @throws UsageError where nothing of that name runs */
export async function findTarget({ target, pid, agent = false, connect }: TargetOptions): Promise<Target> {
  if (pid !== undefined) {
    if (target !== undefined)
      throw new UsageError({ reason: '--pid says what to attach to', remedy: 'leave out the target' });
    return { ...qemuProcess(pid, agent), pid, libvirt: undefined };
  }
  if (target === undefined || target === '') {
    throw new UsageError(
      "attach to what? give a socket's path, a libvirt domain, incus:NAME, a VMID or --pid PID",
    );
  }
  const incus = /^incus:(.+)$/s.exec(target)?.[1];
  if (incus !== undefined) return incusTarget(incus, agent);
  const path = target.startsWith('unix:') ? target.slice('unix:'.length) : target;
  if (connect === undefined && (path !== target || path.includes('/')))
    return pathTarget(resolve(path), agent);
  const proxmox = `${proxmoxFolder}/${target}.qmp`;
  if (connect === undefined && /^\d+$/.test(target) && existsSync(proxmox))
    return proxmoxTarget(target, agent);
  const daemon = await libvirtDaemon(connect ?? defaultUri());
  const domain = findDomain(daemon, target);
  return {
    channels: channelsOf(daemon, domain, agent),
    pid: domain.pid,
    label: domain.name,
    notices: [],
    libvirt: { daemon, domain: domain.name },
  };
}

/** With `--agent` the path itself is the agent's. */
function pathTarget(path: string, agent: boolean): Target {
  const dialect = agent ? 'qga' : undefined;
  return { channels: [{ path, dialect }], label: undefined, notices: [], libvirt: undefined };
}

function incusTarget(name: string, agent: boolean): Target {
  if (basename(name) !== name || name === '..')
    throw new UsageError({ subject: `incus:${name}`, reason: "that is no instance's name" });
  if (agent) throw new UsageError({ subject: '--agent', reason: 'the agent of Incus does not speak QMP' });
  const paths = incusFolders.map((folder) => `${folder}/${name}/qemu.monitor`);
  const path = paths.find((one) => existsSync(one));
  if (path === undefined) {
    throw new UsageError(
      `incus:${name}: no monitor of such an instance is there (looked at ${paths.join(', ')})`,
    );
  }
  return { channels: [{ path, dialect: 'qmp' }], label: name, notices: [], libvirt: undefined };
}

function proxmoxTarget(vmid: string, agent: boolean): Target {
  const monitor = { path: `${proxmoxFolder}/${vmid}.qmp`, dialect: 'qmp' } as const;
  const agents = agent ? [{ path: `${proxmoxFolder}/${vmid}.qga`, dialect: 'qga' } as const] : [];
  return { channels: [monitor, ...agents], label: proxmoxName(vmid), notices: [], libvirt: undefined };
}
