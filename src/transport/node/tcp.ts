/**
 * TCP in both roles, over node:net; and unix sockets without descriptors, where the C library is out of reach.
 */
import { connect, createServer, Socket } from 'node:net';
import type { ListenOptions, NetConnectOpts, Server } from 'node:net';
import { ConnectError, type ErrorAccount } from '../../errors.js';
import { formatAddress } from '../address.js';
import { F_DUPFD_CLOEXEC, hasLibc, libc } from '../unix/libc.js';
import type { Listener, ListenerEvents } from '../listener.js';
import { NodeStream } from './node-stream.js';
import { SocketListener } from '../unix/socket-listener.js';
import type { Stream } from '../stream.js';
import { nodeErrorText } from '../system-error.js';

/** What a socket needs so that half of it can be closed, and small messages leave at once. */
const options = { allowHalfOpen: true, noDelay: true };

/** Listens as `where` says; `name` is how the user wrote it. @throws ConnectError */
export async function listenNet(
  where: ListenOptions & { fd?: number },
  name: string,
  notices: readonly string[],
): Promise<Listener> {
  const server = createServer({ ...options, pauseOnConnect: true });
  const early: Stream[] = [];
  let events: ListenerEvents | undefined;
  server.on('connection', (socket) => {
    const stream = accepted(socket, name);
    if (events === undefined) early.push(stream);
    else events.connection(stream);
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error) => {
      reject(new ConnectError(listenTrouble(error), { address: name, attempt: 'listen on', cause: error }));
    });
    // `listen` makes the socket file before it returns; the umask keeps it from other users.
    const umask = where.path === undefined ? undefined : process.umask(0o177);
    server.listen(where, resolve);
    if (umask !== undefined) process.umask(umask);
  });
  server.on('error', (error) => {
    events?.trouble(`cannot accept on ${name}: ${nodeErrorText(error)}`);
  });
  const bound = server.address();
  const open = bound !== null && typeof bound !== 'string' && !isLoopback(bound.address);
  const address =
    bound === null || typeof bound === 'string'
      ? name
      : formatAddress({ kind: 'tcp', host: bound.address, port: bound.port });
  const told = open ? [...notices, openToOthers(address)] : notices;
  const fd = where.path === undefined ? takeOver(server) : undefined;
  if (fd !== undefined) {
    const streamOf = (one: number): Stream => accepted(tcpSocket(one), name);
    return new SocketListener({ fd, address, notices: told, streamOf, beforeClose: () => undefined });
  }
  return {
    address,
    notices: told,
    single: false,
    start(given) {
      events = given;
      for (const stream of early.splice(0)) given.connection(stream);
    },
    close() {
      server.close();
      for (const stream of early.splice(0)) stream.destroy();
    },
  };
}

/** The connected TCP socket `fd`. */
export function tcpSocket(fd: number): Socket {
  return new Socket({ fd, allowHalfOpen: options.allowHalfOpen }).setNoDelay(options.noDelay);
}

/**
 * The socket on which a server of Node's listens, to be accepted on by ourselves; the server is closed. Node keeps
 * the number to itself: if it is not where it has been for years, the server stays as it is.
 */
function takeOver(server: Server): number | undefined {
  const { fd } = (server as unknown as { _handle?: { fd?: number } })._handle ?? {};
  const copy = hasLibc && fd !== undefined && fd >= 0 ? libc().fcntl(fd, F_DUPFD_CLOEXEC, 0) : -1;
  if (copy < 0) return undefined;
  server.close();
  return copy;
}

function accepted(socket: Socket, name: string): NodeStream {
  return new NodeStream(socket, socket, { address: remoteName(socket, name) });
}

/** Connects as `where` says. @throws ConnectError, or the signal's reason. */
export async function dialNet(where: NetConnectOpts, name: string, signal: AbortSignal): Promise<Stream> {
  const socket = connect({ ...where, ...options });
  const abort = (): void => {
    socket.destroy(signal.reason instanceof Error ? signal.reason : new Error('aborted'));
  };
  signal.addEventListener('abort', abort);
  try {
    if (signal.aborted) abort();
    await new Promise<void>((resolve, reject) => {
      socket.once('connect', resolve);
      socket.once('error', reject);
    });
  } catch (error) {
    signal.throwIfAborted();
    throw new ConnectError(dialTrouble(error), { address: name, attempt: 'connect to', cause: error });
  } finally {
    signal.removeEventListener('abort', abort);
  }
  return new NodeStream(socket, socket, { address: name });
}

/** Judged by the bound address: a name may resolve to anything, and an inherited socket has no name. */
function isLoopback(host: string): boolean {
  return host === '::1' || /^(?:::ffff:)?127\.\d+\.\d+\.\d+$/.test(host);
}

function openToOthers(address: string): string {
  return `${address} is open to other machines: whoever reaches it controls the server`;
}

function listenTrouble(error: Error): ErrorAccount {
  const { code } = error as NodeJS.ErrnoException;
  if (code === 'EADDRINUSE') return { reason: 'the port is in use', remedy: 'choose another one' };
  if (code === 'EADDRNOTAVAIL') return { reason: 'this machine does not have that address' };
  if (code === 'EACCES') return { reason: 'permission denied', remedy: 'ports below 1024 are for root' };
  return code === 'ENOTFOUND' ? unknownHost : { reason: nodeErrorText(error) };
}

function dialTrouble(error: unknown): ErrorAccount {
  const code = error instanceof Error ? (error as NodeJS.ErrnoException).code : undefined;
  if (code === 'ECONNREFUSED') return { reason: 'connection refused', remedy: 'is the server running?' };
  return code === 'ENOTFOUND' ? unknownHost : { reason: nodeErrorText(error) };
}

const unknownHost: ErrorAccount = { reason: 'no such host', remedy: 'check the name' };

function remoteName(socket: Socket, name: string): string {
  const { remoteAddress, remotePort } = socket;
  if (remoteAddress === undefined || remotePort === undefined) return name;
  return formatAddress({ kind: 'tcp', host: remoteAddress, port: remotePort });
}
