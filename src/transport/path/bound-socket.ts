/** Whether a process still has the socket of this file open, found out without connecting as a client. */
import { AF_UNIX, SOCK_CLOEXEC, SOCK_DGRAM, SOCK_NONBLOCK, libc } from '../unix/libc.js';
import { unixSocketAddress } from '../unix/unix-address.js';
import { EACCES, ECONNREFUSED, ENOENT, EPERM, EPROTOTYPE, errorText } from '../system-error.js';

/** `bound`: a process has it. `dead`: no process has it. `forbidden`: we may not connect to it. */
export type BoundSocket = 'bound' | 'dead' | 'gone' | 'forbidden';

/**
 * Asks with a socket of another type. QEMU has one place for a client, and one that leaves at once would be
 * served; Linux compares the types only after it has found the socket's owner (`unix_find_bsd`).
 * @throws Error for anything else that the system says
 */
export function boundSocket(path: string): BoundSocket {
  const probe = libc().socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (probe < 0) throw new Error(errorText(libc().errno()));
  const name = unixSocketAddress(path);
  const errno = libc().connect(probe, name, name.length) === 0 ? 0 : libc().errno();
  libc().close(probe);
  if (errno === 0 || errno === EPROTOTYPE) return 'bound';
  if (errno === ECONNREFUSED) return 'dead';
  if (errno === ENOENT) return 'gone';
  if (errno === EACCES || errno === EPERM) return 'forbidden';
  throw new Error(errorText(errno));
}
