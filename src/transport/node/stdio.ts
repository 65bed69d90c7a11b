/**
 * Connections that exist when qmptap starts: an inherited connected socket, standard input and output.
 */
import { fstatSync } from 'node:fs';
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
  return new NodeStream(process.stdin, process.stdout, { address: 'stdio' });
}

/** The connected socket `fd` as a stream. */
export function connectedStream(fd: number, family: 'unix' | 'tcp', address: string): Stream {
  if (family === 'unix') return new UnixSocket(fd, unixPeer(fd, address));
  const socket = tcpSocket(fd);
  return new NodeStream(socket, socket, { address });
}
