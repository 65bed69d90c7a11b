/**
 * Which monitors of libvirt the host has dealt with: an empty file for each, named like the folder of the VM. libvirt's
 * hook waits for it, which can do little more than look for a file.
 */
import { rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { createFolder } from '../../../store/disk/files.js';

export class Decisions {
  readonly #folder: string;

  /** Nothing is decided yet, whatever a host before this one has. */
  constructor(folder: string) {
    this.#folder = folder;
    this.remove();
    createFolder(folder);
  }

  /** The socket at this path is taken, or will not be. */
  add(path: string): void {
    const file = this.#fileOf(path);
    try {
      if (file !== undefined) writeFileSync(file, '', { mode: 0o600 });
    } catch {
      // The disk is full: the start of a VM waits for a second.
    }
  }

  /** Nothing is at this path any more: a socket, or the folder with it. */
  forget(path: string): void {
    const file = this.#fileOf(path) ?? this.#fileOf(join(path, 'monitor.sock'));
    if (file !== undefined) rmSync(file, { force: true });
  }

  remove(): void {
    rmSync(this.#folder, { recursive: true, force: true });
  }

  #fileOf(path: string): string | undefined {
    const name = basename(dirname(path));
    return basename(path) === 'monitor.sock' && /^domain-\d+-/.test(name)
      ? join(this.#folder, name)
      : undefined;
  }
}
