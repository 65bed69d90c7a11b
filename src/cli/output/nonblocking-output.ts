/**
 * Writes to standard output or error without waiting for the reader: a stopped pager, a terminal that is
 * halted or gone, a log that nobody reads. A program that forwards traffic must not wait for them.
 */
import { closeSync, constants, fstatSync, openSync, writeSync } from 'node:fs';
import { codeOf } from '../../store/disk/files.js';
import { hasLibc, libc, MSG_DONTWAIT, MSG_NOSIGNAL } from '../../transport/unix/libc.js';
import { EAGAIN } from '../../transport/system-error.js';

export class Outlet {
  readonly #fd: number;
  /** Whether the descriptor is one of our own. */
  readonly #reopened: boolean;
  readonly #socket: boolean;
  #dead = false;

  constructor(standard: 1 | 2) {
    const stats = fstatSync(standard);
    this.#socket = stats.isSocket() && hasLibc;
    const own = stats.isFIFO() || stats.isCharacterDevice() ? reopen(standard) : undefined;
    this.#reopened = typeof own === 'number';
    this.#fd = typeof own === 'number' ? own : standard;
    if (own === 'nobody') this.#dead = true;
  }

  /** The reader has closed; nothing is written any more. */
  get dead(): boolean {
    return this.#dead;
  }

  /** Gives how many of the bytes were taken: fewer than all if the reader is behind; all if it is dead. */
  write(bytes: Uint8Array): number {
    if (this.#dead) return bytes.length;
    let at = 0;
    while (at < bytes.length) {
      const taken = this.#writeSome(bytes.subarray(at));
      if (taken === 0) return at;
      at += taken;
      if (this.dead) return bytes.length;
    }
    return at;
  }

  close(): void {
    this.#dead = true;
    if (this.#reopened) closeSync(this.#fd);
  }

  #writeSome(bytes: Uint8Array): number {
    if (this.#socket) {
      const sent = libc().send(this.#fd, bytes, bytes.length, MSG_DONTWAIT | MSG_NOSIGNAL);
      if (sent >= 0) return sent;
      if (libc().errno() === EAGAIN) return 0;
    } else {
      try {
        return writeSync(this.#fd, bytes);
      } catch (error) {
        if (codeOf(error) === 'EAGAIN') return 0;
      }
    }
    this.#dead = true;
    return bytes.length;
  }
}

/**
 * A description of our own, since not to wait is a property of the description, which others share.
 * Undefined: there is no right to it, and we have to wait as everybody does.
 */
function reopen(standard: number): number | 'nobody' | undefined {
  try {
    return openSync(
      `/proc/self/fd/${standard}`,
      constants.O_WRONLY | constants.O_NONBLOCK | constants.O_NOCTTY,
    );
  } catch (error) {
    return codeOf(error) === 'ENXIO' || codeOf(error) === 'EIO' ? 'nobody' : undefined;
  }
}
