/** The monitors of a QEMU that runs, by its process: from its arguments, and from the sockets that it has open. */
import { readFileSync, readlinkSync } from 'node:fs';
import { isAbsolute, join } from 'node:path';
import { UsageError } from '../../errors.js';
import type { Address } from '../../transport/address.js';
import { findChannels } from '../qemu/channels.js';
import { readConfigFile } from '../qemu/config-file.js';
import { guestName } from '../qemu/qemu-arguments.js';
import type { AttachedChannel } from './attach.js';

/** A process' monitors by their paths, and what they are called. */
export interface QemuProcess {
  readonly channels: readonly [AttachedChannel, ...AttachedChannel[]];
  readonly label: string;
  /** What cannot be attached to, and why; one line each. */
  readonly notices: readonly string[];
}

/** @throws UsageError if there is no such process, or none of its monitors has a path */
export function qemuProcess(pid: number, agent: boolean): QemuProcess {
  const argv = argumentsOf(pid);
  const { channels: named, unreachable } = findChannels(argv.slice(1), agent, (path) =>
    readConfigFile(pathIn(pid, path)),
  );
  const notices = unreachable.map(({ name, why }) => `monitor ${name}: ${why}`);
  const channels: AttachedChannel[] = [];
  for (const { name, dialect, address, dials } of named) {
    const path = dials ? undefined : pathOf(pid, address);
    if (path === undefined) notices.push(`monitor ${name}: it has no path that a client could be met at`);
    else channels.push({ path, dialect });
  }
  const [first, ...rest] = channels;
  if (first === undefined) {
    const why = notices.length === 0 ? 'its arguments name no QMP monitor' : notices.join('; ');
    throw new UsageError({ subject: `process ${pid}`, reason: why });
  }
  return { channels: [first, ...rest], label: guestName(argv.slice(1)) ?? `qemu-${pid}`, notices };
}

/** @throws UsageError if there is no such process, or its arguments are not for us */
export function argumentsOf(pid: number): string[] {
  try {
    const words = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
    if (words.length > 1) return words.slice(0, -1);
  } catch {
    throw new UsageError({ subject: `--pid ${pid}`, reason: 'there is no such process' });
  }
  throw new UsageError({ subject: `--pid ${pid}`, reason: 'its arguments cannot be read' });
}

/** Where a client meets it: the path as the process itself would find it. */
function pathOf(pid: number, address: Address): string | undefined {
  if (address.kind === 'unix') return pathIn(pid, address.path);
  if (address.kind !== 'fd') return undefined;
  const bound = boundPath(pid, address.fd);
  return bound === undefined ? undefined : join(`/proc/${pid}/root`, bound);
}

/** A path of the process' own as one of ours. */
function pathIn(pid: number, path: string): string {
  return join(`/proc/${pid}/root`, isAbsolute(path) ? path : join(workingFolder(pid), path));
}

function workingFolder(pid: number): string {
  try {
    return readlinkSync(`/proc/${pid}/cwd`);
  } catch {
    return '/';
  }
}

/** The path that a listening socket was bound to, as the kernel remembers it. */
function boundPath(pid: number, fd: number): string | undefined {
  try {
    const inode = /^socket:\[(\d+)\]$/.exec(readlinkSync(`/proc/${pid}/fd/${fd}`))?.[1];
    if (inode === undefined) return undefined;
    // Num RefCount Protocol Flags Type St Inode Path
    const line = readFileSync(`/proc/${pid}/net/unix`, 'utf8')
      .split('\n')
      .find((row) => row.trim().split(/\s+/, 7)[6] === inode);
    const path = /^(?:\S+\s+){7}(\/.*)$/.exec(line ?? '')?.[1];
    return path;
  } catch {
    return undefined;
  }
}
