/**
 * A listening unix socket: bound to a path, or inherited. The socket file is never open to others,
 * not even for a moment, and is taken away at the end only if it is still the one made here.
 */
import { lstatSync, unlinkSync } from 'node:fs';
import { dirname } from 'node:path';
import { ConnectError, type ConnectErrorCode, type ErrorAccount } from '../../errors.js';
import { AF_UNIX, SOCK_CLOEXEC, SOCK_NONBLOCK, SOCK_STREAM, libc } from './libc.js';
import type { Listener } from '../listener.js';
import { unixPeer } from './peer-credentials.js';
import { SocketListener } from './socket-listener.js';
import { EACCES, EADDRINUSE, ENOENT, EPERM, errorText } from '../system-error.js';
import { UnixSocket } from './unix-socket.js';
import { boundSocket, type BoundSocket } from '../path/bound-socket.js';
import { unixSocketAddress } from './unix-address.js';

/** Clients wait here only until they are accepted; they wait for the server within a session. */
const backlog = 64;

interface SocketFile {
  readonly path: string;
  readonly dev: number;
  readonly ino: number;
}

/**
 * Listens on `path`, with a socket file of mode 0600. A stale one, without a listener, is replaced.
 * @throws ConnectError if somebody listens there, if something else is there, or if it cannot be made.
 */
export function listenUnix(path: string, address: string): Listener {
  const fd = libc().socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (fd < 0) throw failed(address, `no socket: ${errorText(libc().errno())}`);
  try {
    const notices: string[] = [];
    // Linux makes the file with the socket's own mode, so it is never open to others (unix_bind_bsd).
    if (libc().fchmod(fd, 0o600) !== 0) throw failed(address, errorText(libc().errno()));
    let errno = bind(fd, path);
    if (errno === EADDRINUSE) {
      removeStale(path, address);
      notices.push(`${address}: replaced a socket on which nobody listened any more`);
      errno = bind(fd, path);
    }
    if (errno !== 0) throw failed(address, bindTrouble(errno, path));
    const { dev, ino, mode, uid } = lstatSync(path);
    // No client can connect before `listen`: where a file system makes the file otherwise, it is noticed in time.
    if (uid !== process.geteuid?.() || (mode & 0o077) !== 0) {
      throw failed(address, {
        reason: 'the socket there would be open to other users',
        remedy: 'choose another folder',
      });
    }
    if (libc().listen(fd, backlog) !== 0) throw failed(address, errorText(libc().errno()));
    return unixListener(fd, address, notices, () => {
      removeOwn({ path, dev, ino });
    });
  } catch (error) {
    libc().close(fd);
    throw error;
  }
}

/** Accepts on `fd`, a listening socket of the unix family. Its file is left alone. */
export function inheritUnixListener(
  fd: number,
  address: string,
  notices: readonly string[] = [],
): SocketListener {
  return unixListener(fd, address, notices, () => undefined);
}

/**
 * A socket that listens on a new file, `path`, of mode 0600, in a folder that is the caller's alone; the file is
 * the caller's to remove. No client is accepted yet.
 * @throws ConnectError
 */
export function bindUnix(path: string, address: string): number {
  const fd = libc().socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (fd < 0) throw failed(address, `no socket: ${errorText(libc().errno())}`);
  let errno = libc().fchmod(fd, 0o600) === 0 ? bind(fd, path) : libc().errno();
  if (errno === 0 && libc().listen(fd, backlog) !== 0) errno = libc().errno();
  if (errno === 0) return fd;
  libc().close(fd);
  throw failed(address, errorText(errno));
}

function unixListener(
  fd: number,
  address: string,
  notices: readonly string[],
  beforeClose: () => void,
): SocketListener {
  const streamOf = (accepted: number): UnixSocket => new UnixSocket(accepted, unixPeer(accepted, address));
  return new SocketListener({ fd, address, notices, streamOf, beforeClose });
}

function bind(fd: number, path: string): number {
  const address = unixSocketAddress(path);
  return libc().bind(fd, address, address.length) === 0 ? 0 : libc().errno();
}

function bindTrouble(errno: number, path: string): ErrorAccount {
  const folder = dirname(path);
  if (errno === ENOENT) return { reason: `there is no folder ${folder}`, remedy: 'make it first' };
  if (errno === EACCES || errno === EPERM) return { reason: `not allowed in the folder ${folder}` };
  return { reason: errorText(errno) };
}

function removeStale(path: string, address: string): void {
  const found = lstatSync(path, { throwIfNoEntry: false });
  if (found === undefined) return;
  if (!found.isSocket())
    throw failed(address, {
      reason: 'there is a file that is no socket',
      remedy: 'move it away or choose another path',
    });
  let state: BoundSocket;
  try {
    state = boundSocket(path);
  } catch (error) {
    throw failed(address, (error as Error).message);
  }
  switch (state) {
    case 'bound':
      throw failed(address, { reason: 'the socket is in use', remedy: 'choose another path' }, 'IN_USE');
    case 'forbidden':
      throw failed(address, { reason: "there is somebody else's socket", remedy: 'choose another path' });
    case 'gone':
      return;
    case 'dead':
  }
  unlinkSync(path);
}

function failed(address: string, account: ErrorAccount | string, code?: ConnectErrorCode): ConnectError {
  const { reason, remedy }: ErrorAccount = typeof account === 'string' ? { reason: account } : account;
  return new ConnectError({ reason, remedy }, { address, attempt: 'listen on', code });
}

function removeOwn(file: SocketFile): void {
  const found = lstatSync(file.path, { throwIfNoEntry: false });
  if (found?.dev === file.dev && found.ino === file.ino) unlinkSync(file.path);
}
