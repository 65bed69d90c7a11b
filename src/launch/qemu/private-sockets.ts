/**
 * Paths for QEMU's private monitor sockets: in the folder of the public ones, because QEMU and nobody else may
 * create sockets there (libvirt's folder of the VM, which its AppArmor profile allows).
 */
import { accessSync, constants, mkdtempSync, readFileSync, readlinkSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { isThere } from '../../store/disk/files.js';
import type { Address } from '../../transport/address.js';

/** Bytes of a unix socket's path (unix(7)), without the NUL. */
const longestPath = 107;

/** Unused socket paths, and the removal of the sockets created there. */
export class PrivateSockets {
  readonly #folder: string;
  readonly #own: boolean;
  readonly #paths: string[] = [];

  /** In the folder of the first of `addresses` that has a usable one, else in a new folder. */
  constructor(addresses: readonly Address[]) {
    const folder = addresses.map(folderOf).find((one) => one !== undefined && isUsable(one));
    this.#own = folder === undefined;
    this.#folder = folder ?? mkdtempSync(join(tmpdir(), 'qmptap-'));
  }

  /** A path shorter than `monitor.sock`, so that where libvirt's name fits, it does too. */
  next(): string {
    // An existing one may belong to another VM with monitors in this folder.
    for (let number = this.#paths.length; ; number++) {
      const path = join(this.#folder, `tap-${number}.sock`);
      if (this.#paths.includes(path) || isThere(path)) continue;
      this.#paths.push(path);
      return path;
    }
  }

  /** Removes what QEMU may have left. */
  remove(): void {
    for (const path of this.#paths) rmSync(path, { force: true });
    if (this.#own) rmSync(this.#folder, { recursive: true, force: true });
  }
}

function folderOf(address: Address): string | undefined {
  if (address.kind === 'unix') return dirname(resolve(address.path));
  const bound = address.kind === 'fd' ? boundPath(address.fd) : undefined;
  return bound?.startsWith('/') === true ? dirname(bound) : undefined;
}

function isUsable(folder: string): boolean {
  if (Buffer.byteLength(join(folder, 'tap-0.sock')) > longestPath) return false;
  try {
    accessSync(folder, constants.W_OK | constants.X_OK);
    // Where others may make files, as in /tmp, one of them could listen there before QEMU does.
    const { uid, mode } = statSync(folder);
    return [0, process.geteuid?.()].includes(uid) && (mode & 0o022) === 0;
  } catch {
    return false;
  }
}

/** The path to which the unix socket `fd` is bound, as the kernel tells it (proc(5)). */
export function boundPath(fd: number): string | undefined {
  try {
    const inode = /^socket:\[(\d+)\]$/.exec(readlinkSync(`/proc/self/fd/${fd}`))?.[1];
    if (inode === undefined) return undefined;
    const line = new RegExp(`^(?:[^ ]+ +){6}${inode} (.+)$`, 'm');
    return line.exec(readFileSync('/proc/self/net/unix', 'utf8'))?.[1];
  } catch {
    return undefined; // /proc is not there, or may not be read
  }
}
