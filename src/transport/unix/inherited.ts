/** Finds out what the sockets are that qmptap was started with: `fd:N` and `stdio`. */
import { readdirSync } from 'node:fs';
import { ConnectError } from '../../errors.js';
import {
  AF_UNIX,
  FD_CLOEXEC,
  F_SETFD,
  SOCK_STREAM,
  SO_ACCEPTCONN,
  SO_DOMAIN,
  SO_TYPE,
  hasLibc,
  libc,
} from './libc.js';
import { ENOTSOCK, errorText } from '../system-error.js';

export interface InheritedSocket {
  readonly family: 'unix' | 'tcp';
  readonly listening: boolean;
}

/** Descriptors that are in use: each can be taken once. */
const taken = new Set<number>();

/** What `fd` is, which from now on is ours and not passed on to children. @throws ConnectError */
export function takeInherited(fd: number, address: string): InheritedSocket {
  if (!hasLibc) throw failed(address, 'inherited sockets need Linux', 'use a path or HOST:PORT');
  if (taken.has(fd)) throw failed(address, 'it is in use already, and can serve one session only');
  const type = option(fd, SO_TYPE);
  if (type === -ENOTSOCK) throw failed(address, `descriptor ${fd} is no socket`);
  if (type < 0) throw failed(address, `descriptor ${fd}: ${errorText(-type)}`);
  if (type !== SOCK_STREAM) throw failed(address, `descriptor ${fd} is no stream socket`);
  taken.add(fd);
  libc().fcntl(fd, F_SETFD, FD_CLOEXEC);
  return {
    family: option(fd, SO_DOMAIN) === AF_UNIX ? 'unix' : 'tcp',
    listening: option(fd, SO_ACCEPTCONN) === 1,
  };
}

/**
 * Keeps what we were started with, beyond standard input, output and error, from those that we start. Node
 * does so only up to the first gap in the numbers above 15 (libuv's uv_disable_stdio_inheritance).
 */
export function keepInherited(): void {
  if (!hasLibc) return;
  let open: string[] = [];
  try {
    open = readdirSync('/proc/self/fd');
  } catch {
    // Without /proc it is as far as Node does it.
  }
  // The one by which the folder was read is closed again, which does no harm.
  for (const fd of open.map(Number)) if (fd > 2) libc().fcntl(fd, F_SETFD, FD_CLOEXEC);
}

/** Whether descriptor 0 is a connected unix socket, and descriptor 1 the same one. */
export function isUnixSocket(fd: number): boolean {
  return hasLibc && option(fd, SO_DOMAIN) === AF_UNIX && option(fd, SO_TYPE) === SOCK_STREAM;
}

/** The value of a socket option, or the negative errno. */
function option(fd: number, name: number): number {
  const value = new Int32Array(1);
  if (libc().getsockopt(fd, name, value) !== 0) return -libc().errno();
  return value[0] ?? 0;
}

function failed(address: string, reason: string, remedy?: string): ConnectError {
  return new ConnectError({ reason, remedy }, { address, attempt: 'use' });
}
