/**
 * Connects to a unix socket. A listener whose queue is full (QEMU's holds one client that waits) refuses
 * a connect that does not block, so it is tried again until there is room, in the order of arrival.
 */
import { lstatSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { ConnectError, type ErrorAccount } from '../../errors.js';
import { AF_UNIX, SOCK_CLOEXEC, SOCK_NONBLOCK, SOCK_STREAM, libc } from './libc.js';
import { unlessAborted } from '../patience.js';
import { unixPeer } from './peer-credentials.js';
import {
  EACCES,
  EAGAIN,
  ECONNREFUSED,
  EINTR,
  ENOENT,
  EPERM,
  EPROTOTYPE,
  errorText,
} from '../system-error.js';
import { UnixSocket } from './unix-socket.js';
import { unixSocketAddress } from './unix-address.js';

const retryMs = 20;

/** By path: the last of those who wait for room there. */
const lines = new Map<string, Promise<unknown>>();

/** Connects to `path`; waits while its listener's queue is full. @throws ConnectError, or the signal's reason. */
export async function dialUnix(
  path: string,
  address: string,
  signal: AbortSignal,
  waiting: () => void,
): Promise<UnixSocket> {
  const before = lines.get(path);
  if (before === undefined) {
    const socket = connect(path, address);
    if (socket !== undefined) return socket;
  }
  waiting();
  const own = connectInTurn(before, path, address, signal);
  // Who gives up in the line does not let those behind pass the ones before.
  const settled = Promise.allSettled([before, own]);
  lines.set(path, settled);
  void settled.then(() => {
    if (lines.get(path) === settled) lines.delete(path);
  });
  return own;
}

async function connectInTurn(
  before: Promise<unknown> | undefined,
  path: string,
  address: string,
  signal: AbortSignal,
): Promise<UnixSocket> {
  if (before !== undefined) await unlessAborted(before, signal);
  for (;;) {
    signal.throwIfAborted();
    const socket = connect(path, address);
    if (socket !== undefined) return socket;
    await unlessAborted(delay(retryMs), signal);
  }
}

/** Undefined: the queue is full. */
function connect(path: string, address: string): UnixSocket | undefined {
  const fd = libc().socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (fd < 0) throw failed(address, libc().errno());
  const name = unixSocketAddress(path);
  for (;;) {
    if (libc().connect(fd, name, name.length) === 0) return new UnixSocket(fd, unixPeer(fd, address));
    const errno = libc().errno();
    if (errno === EINTR) continue;
    libc().close(fd);
    if (errno === EAGAIN) return undefined;
    throw failed(address, errno, trouble(errno, path));
  }
}

function trouble(errno: number, path: string): ErrorAccount {
  if (errno === ENOENT) return { reason: 'there is no such socket', remedy: 'is the server running?' };
  if (errno === ECONNREFUSED) {
    const found = lstatSync(path, { throwIfNoEntry: false });
    return found?.isSocket() === false
      ? { reason: 'the file is no socket' }
      : { reason: 'nobody listens on this socket; the server has gone' };
  }
  if (errno === EACCES || errno === EPERM) {
    return { reason: 'permission denied; it belongs to another user' };
  }
  if (errno === EPROTOTYPE) return { reason: 'the socket is not a stream socket' };
  return { reason: errorText(errno) };
}

function failed(
  address: string,
  errno: number,
  account: ErrorAccount = { reason: errorText(errno) },
): ConnectError {
  const code = errno === ENOENT || errno === ECONNREFUSED ? 'NO_SERVER' : 'CONNECT';
  return new ConnectError(account, { address, attempt: 'connect to', cause: errno, code });
}
