/**
 * A folder that is held open, and what is in it by name. Whatever another user renames or links meanwhile,
 * a name looked up here is one of this folder.
 */
import {
  closeSync,
  constants,
  lstatSync,
  mkdirSync,
  openSync,
  rmdirSync,
  type Stats,
  unlinkSync,
} from 'node:fs';
import { relative } from 'node:path';

/** Device and inode: what makes a file this one. */
export interface Identity {
  readonly dev: number;
  readonly ino: number;
}

/** Whether both are the same file; nothing is the same as no file. */
export function isSame(one: Identity | undefined, other: Identity | undefined): boolean {
  return one !== undefined && other !== undefined && one.dev === other.dev && one.ino === other.ino;
}

export function identityOf({ dev, ino }: Stats): Identity {
  return { dev, ino };
}

/** Opens the file itself, not what it may point to, and neither reads nor writes it. Linux only. */
const O_PATH = 0o10000000;

export class HeldFolder {
  readonly fd: number;

  /** @throws what `open` gives: ENOENT, ENOTDIR, EACCES, ELOOP with `noFollow` */
  constructor(path: string, { noFollow = false } = {}) {
    const flags = constants.O_RDONLY | constants.O_DIRECTORY | (noFollow ? constants.O_NOFOLLOW : 0);
    this.fd = openSync(path, flags);
  }

  /**
   * The folder at an absolute path. Links are followed on the way to the folder `within`, if that is given and around
   * it, and in no name below. @throws what `open` gives
   */
  static below(path: string, within: string | undefined): HeldFolder {
    const rest = within === undefined ? undefined : relative(within, path);
    if (within === undefined || rest === undefined || /^\.\.(?:\/|$)/.test(rest)) return new HeldFolder(path);
    let folder = new HeldFolder(within);
    for (const name of rest.split('/').filter((part) => part !== '')) {
      const around = folder;
      try {
        folder = around.open(name);
      } finally {
        around.close();
      }
    }
    return folder;
  }

  /** A path by which the kernel finds `name` in this folder, however long the folder's own path is. */
  at(name: string): string {
    return `/proc/self/fd/${this.fd}/${name}`;
  }

  /** What is there, symbolic links not followed; undefined if nothing is. */
  look(name: string): Stats | undefined {
    return lstatSync(this.at(name), { throwIfNoEntry: false });
  }

  /** The folder `name` in this one, made 0700. @throws EEXIST */
  make(name: string): HeldFolder {
    mkdirSync(this.at(name), 0o700);
    return this.open(name);
  }

  /** The folder `name` in this one. @throws ELOOP or ENOTDIR where it is something else */
  open(name: string): HeldFolder {
    return new HeldFolder(this.at(name), { noFollow: true });
  }

  /** Hands `use` a path of just the file that is `name` now, whatever takes that name meanwhile. */
  withFile<T>(name: string, use: (path: string, file: number) => T): T {
    const file = openSync(this.at(name), O_PATH | constants.O_NOFOLLOW);
    try {
      return use(`/proc/self/fd/${file}`, file);
    } finally {
      closeSync(file);
    }
  }

  remove(name: string): void {
    unlinkSync(this.at(name));
  }

  /** Removes the folder `name`, which is empty. */
  removeFolder(name: string): void {
    rmdirSync(this.at(name));
  }

  close(): void {
    closeSync(this.fd);
  }
}
