/**
 * Datagrams with descriptors between processes of one user, as the service manager takes them (sd_notify(3)): a
 * text, and sockets that go along with it.
 */
import { unlinkSync } from 'node:fs';
import { ConnectError } from '../../errors.js';
import { EAGAIN, EINTR, ENOBUFS, ENOENT, errorText } from '../system-error.js';
import {
  AF_UNIX,
  MSG_CMSG_CLOEXEC,
  MSG_DONTWAIT,
  MSG_NOSIGNAL,
  POLLOUT,
  SOCK_CLOEXEC,
  SOCK_DGRAM,
  SOCK_NONBLOCK,
  libc,
} from '../unix/libc.js';
import { ControlBuffer, MessageHeader, controlBytes } from '../unix/message-header.js';
import { Readiness } from '../unix/readiness.js';
import { unixSocketAddress } from '../unix/unix-address.js';

/** As much as systemd reads of one. */
const largest = 4096;

/** The buffers of one direction, made once. */
class Buffers {
  readonly #control = new ControlBuffer(libc());
  readonly #memory = libc().allocate(largest);
  readonly #header = new MessageHeader(libc(), 1, this.#control);

  send(socket: number, text: string, fds: readonly number[]): number {
    const bytes = new TextEncoder().encode(text);
    this.#memory.bytes.set(bytes.subarray(0, largest));
    this.#header.setBuffer(0, this.#memory.address, Math.min(bytes.length, largest));
    this.#header.controlLength = fds.length === 0 ? 0 : this.#control.write(fds);
    return libc().sendmsg(socket, this.#header.address, MSG_DONTWAIT | MSG_NOSIGNAL);
  }

  /** Undefined: there is nothing to read now. */
  receive(socket: number): { text: string; fds: number[] } | undefined {
    this.#header.setBuffer(0, this.#memory.address, largest);
    this.#header.controlLength = controlBytes;
    for (;;) {
      const length = libc().recvmsg(socket, this.#header.address, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
      if (length < 0 && libc().errno() === EINTR) continue;
      if (length < 0) return undefined;
      const { controlLength } = this.#header;
      const fds = controlLength > 0 ? this.#control.read(controlLength) : [];
      return { text: new TextDecoder().decode(this.#memory.bytes.subarray(0, length)), fds };
    }
  }
}

let buffers: Buffers | undefined;
const shared = (): Buffers => (buffers ??= new Buffers());

/** `full`: the receiver is behind, and the same can be tried again. A text says what else went wrong. */
export type Sending = 'sent' | 'full' | { readonly failed: string };

/**
 * Sends a text, and copies of at most 253 descriptors. `address`: a path, or an abstract name that begins with `@`.
 * A receiver that is behind is waited for, `patience` ms at most.
 */
export function sendDatagram(
  address: string,
  text: string,
  fds: readonly number[] = [],
  patience = 0,
): Sending {
  const socket = libc().socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (socket < 0) return { failed: errorText(libc().errno()) };
  try {
    const name = address.startsWith('@') ? abstractAddress(address) : unixSocketAddress(address);
    if (libc().connect(socket, name, name.length) !== 0) return { failed: errorText(libc().errno()) };
    const end = performance.now() + patience;
    for (;;) {
      if (shared().send(socket, text, fds) >= 0) return 'sent';
      const errno = libc().errno();
      if (errno !== EAGAIN && errno !== ENOBUFS && errno !== EINTR) return { failed: errorText(errno) };
      const left = Math.ceil(end - performance.now());
      // Other senders may take the room that there was.
      if (left <= 0 || libc().poll(new Int32Array([socket, POLLOUT]), 1, left) === 0) return 'full';
    }
  } finally {
    libc().close(socket);
  }
}

/** Without the NUL behind it, which would be part of the name. */
function abstractAddress(address: string): Uint8Array {
  const name = unixSocketAddress(address).slice(0, -1);
  name[2] = 0;
  return name;
}

export class DatagramReceiver {
  readonly path: string;
  readonly #socket: number;
  readonly #readiness: Readiness;
  readonly #received: (text: string, fds: number[]) => void;
  #open = true;

  /** Receives at a new file of mode 0600, in place of one that a dead process has left. @throws ConnectError */
  constructor(path: string, received: (text: string, fds: number[]) => void) {
    this.path = path;
    this.#received = received;
    this.#socket = libc().socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    const name = unixSocketAddress(path);
    remove(path);
    if (
      this.#socket < 0 ||
      libc().fchmod(this.#socket, 0o600) !== 0 ||
      libc().bind(this.#socket, name, name.length) !== 0
    ) {
      throw new ConnectError(
        { subject: path, reason: errorText(libc().errno()), remedy: 'it has to be a folder of yours' },
        { address: path },
      );
    }
    this.#readiness = new Readiness(this.#socket, {
      ready: () => {
        this.drain();
      },
    });
    this.#readiness.want(true, false);
  }

  /** Receives what has come until now: the words of a process that is dead, too. */
  drain(): void {
    while (this.#open) {
      const got = shared().receive(this.#socket);
      if (got === undefined) return;
      this.#received(got.text, got.fds);
    }
  }

  close(): void {
    if (!this.#open) return;
    this.#open = false;
    this.#readiness.close();
    libc().close(this.#socket);
    remove(this.path);
  }
}

function remove(path: string): void {
  try {
    unlinkSync(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).errno !== -ENOENT) throw error;
  }
}
