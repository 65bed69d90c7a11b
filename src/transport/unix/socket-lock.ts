/**
 * A lock on a socket that several processes have copies of: one of them at a time has it, and the kernel frees it
 * when that one ends. It is a record lock (fcntl(2)), which belongs to the process, not to the open socket.
 */
import { EACCES, EAGAIN } from '../system-error.js';
import { hasLibc, libc } from './libc.js';

/** `struct flock` of 64-bit Linux, for a write lock on the whole: type, whence, start, length, process. */
const flockBytes = 32;
const F_WRLCK = 1;

/**
 * Locks the socket, or another open file; false if another process has the lock. Closing any descriptor of it frees
 * it. Where the system has no such locks, everybody gets it.
 */
export function lockSocket(fd: number): boolean {
  if (!hasLibc) return true;
  const flock = new Uint8Array(flockBytes);
  flock[0] = F_WRLCK;
  if (libc().lock(fd, flock) === 0) return true;
  const errno = libc().errno();
  return errno !== EACCES && errno !== EAGAIN;
}
