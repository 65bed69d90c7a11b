/**
 * Connections that exist when qmptap starts: an inherited connected socket, standard input and output.
 */
import { constants, fstatSync, openSync } from 'node:fs';
import { Socket } from 'node:net';
import type { Readable, Writable } from 'node:stream';
import { isUnixSocket } from '../unix/inherited.js';
import { NodeStream } from './node-stream.js';
import { unixPeer } from '../unix/peer-credentials.js';
import type { Stream } from '../stream.js';
import { tcpSocket } from './tcp.js';
import { UnixSocket } from '../unix/unix-socket.js';

/** Standard input and output as one stream; descriptors pass if both are the same unix socket. */
export function standardStream(): Stream {
  const [input, output] = [fstatSync(0), fstatSync(1)];
  const same = input.dev === output.dev && input.ino === output.ino;
  if (same && isUnixSocket(0)) return new UnixSocket(0, unixPeer(0, 'stdio'));
  return new NodeStream(standardInput(), standardOutput(), { address: 'stdio' });
}

/*
 * Whether to wait is a property of the open file, which our parent shares, and each child that we give it
 * to: they may change it, and we would wait then. So a pipe is opened anew.
 */

function standardInput(): Readable {
  const fd = reopened(0, constants.O_RDONLY);
  return fd === undefined ? process.stdin : new Socket({ fd, readable: true, writable: false });
}

function standardOutput(): Writable {
  const fd = reopened(1, constants.O_WRONLY);
  return fd === undefined ? process.stdout : new Socket({ fd, readable: false, writable: true });
}

/** Undefined if it is not a pipe, or may not be opened. */
function reopened(standard: 0 | 1, how: number): number | undefined {
  try {
    return fstatSync(standard).isFIFO()
      ? openSync(`/proc/self/fd/${standard}`, how | constants.O_NONBLOCK)
      : undefined;
  } catch {
    return undefined;
  }
}

/** The connected socket `fd` as a stream. */
export function connectedStream(fd: number, family: 'unix' | 'tcp', address: string): Stream {
  if (family === 'unix') return new UnixSocket(fd, unixPeer(fd, address));
  const socket = tcpSocket(fd);
  return new NodeStream(socket, socket, { address });
}
