/**
 * One chunk of a unix socket in or out, together with the descriptors that travel with it (SCM_RIGHTS),
 * each on exactly the byte on which its sender put it. That is all that keeps a descriptor with its
 * message, and never after the message's closing brace: no message is looked at here.
 *
 * Linux joins bytes without descriptors to the ones before a segment that has some, and ends a read only
 * behind that segment, so a plain read tells where the segment ends and not where it starts. Therefore
 * each read is preceded by a peek that has no room for descriptors: MSG_CTRUNC then tells that there are
 * some, and a second peek tells where (see `bytesBeforeDescriptors`).
 */
import {
  AF_UNIX,
  FIONREAD,
  MSG_CMSG_CLOEXEC,
  MSG_DONTWAIT,
  MSG_NOSIGNAL,
  MSG_OOB,
  MSG_PEEK,
  SOCK_CLOEXEC,
  SOCK_STREAM,
  libc,
} from './libc.js';
import type { Libc, NativeMemory } from './libc.js';
import { ControlBuffer, MessageHeader, controlBytes } from './message-header.js';
import { noDescriptors } from '../stream.js';
import { EAGAIN, EFAULT, EINTR, ENOBUFS, ENOMEM } from '../system-error.js';

/** The most that one read gives: with half of it, large answers cost an eighth more time; with twice it, a flood 15 MB more. */
const receiveBytes = 128 << 10;
/** A peek copies no more than this: up to here a message is small, above it the copy would cost. */
const peekBytes = 4096;

export class DescriptorIo {
  /** Of the last `receive`: the descriptors on the chunk's first byte. */
  fds: readonly number[] = noDescriptors;
  /** Of the last `receive`: descriptors came, but could not be taken (the limit of open files). */
  lost = false;
  /** Of the last `receive`: more may be there already. */
  more = false;
  /** Of the last `receive`: the chunk is still in the socket, to be taken out with `remove`. */
  onlySeen = false;
  /** Of the last `receive`: an urgent byte (MSG_OOB) was dropped, as a plain read of the peer's would do. */
  urgent = false;

  readonly #libc: Libc;
  readonly #received: NativeMemory;
  readonly #control: ControlBuffer;
  readonly #outgoing: NativeMemory;
  readonly #peekHeader: MessageHeader;
  readonly #positionHeader: MessageHeader;
  readonly #readHeader: MessageHeader;
  readonly #sendHeader: MessageHeader;
  readonly #queued = new Int32Array(1);
  readonly #exactPeek: boolean;

  /** `exactPeek`: whether the second peek may be relied on; without it, this is found out. */
  constructor(system: Libc, exactPeek?: boolean) {
    this.#libc = system;
    this.#received = system.allocate(receiveBytes);
    this.#control = new ControlBuffer(system);
    this.#outgoing = system.allocate(receiveBytes);
    this.#peekHeader = new MessageHeader(system, 1);
    this.#peekHeader.setBuffer(0, this.#received.address, peekBytes);
    this.#positionHeader = new MessageHeader(system, 2);
    this.#positionHeader.setBuffer(0, this.#received.address, 0);
    // Address 1 is never mapped, so that what is copied there fails.
    this.#positionHeader.setBuffer(1, 1n, 1);
    this.#readHeader = new MessageHeader(system, 1, this.#control);
    this.#readHeader.setBuffer(0, this.#received.address, 0);
    this.#sendHeader = new MessageHeader(system, 1, this.#control);
    this.#sendHeader.setBuffer(0, this.#outgoing.address, 0);
    this.#exactPeek = exactPeek ?? this.#peekFindsTheSegment();
  }

  /**
   * Gives the length of the next chunk, which carries descriptors on its first byte or not at all; 0 at the
   * end, or the negative errno. `large`: expect more than a few kilobytes. `readable`: the kernel says that there is
   * something. A chunk that the peek has seen whole is left in the socket, so that it can be passed on a system call
   * earlier.
   */
  receive(fd: number, large: boolean, readable = false): number {
    this.fds = noDescriptors;
    this.lost = false;
    this.more = false;
    this.onlySeen = false;
    this.urgent = false;
    let length = 0;
    if (large) {
      // What is queued now is a prefix of what the peek will see, so it may be read whole if that is clean.
      this.#queued[0] = 0;
      this.#libc.ioctl(fd, FIONREAD, this.#queued);
      length = Math.min(this.#queued[0], receiveBytes);
    }
    const peeked = this.#peek(fd, this.#peekHeader, length > peekBytes ? 1 : peekBytes);
    if (peeked === -EAGAIN && readable) return this.#readPastUrgent(fd);
    if (peeked <= 0) return peeked;
    if (this.#peekHeader.truncatedControl) {
      length = this.#bytesBeforeDescriptors(fd);
      this.more = true;
    } else if (length <= peekBytes) {
      this.more = peeked === peekBytes;
      this.onlySeen = true;
      return peeked;
    } else {
      this.more = length === receiveBytes;
    }
    return this.#read(fd, length);
  }

  /**
   * An urgent byte keeps a socket readable, and a peek passes over it: without this, libuv would call us in every
   * turn. A plain read drops the byte; of one byte, because that is exact should anything else have come meanwhile.
   */
  #readPastUrgent(fd: number): number {
    this.urgent = this.#peek(fd, this.#peekHeader, 1, MSG_OOB) === 1;
    return this.#read(fd, 1);
  }

  /** Takes a chunk that was `onlySeen` out of the socket. */
  remove(fd: number, length: number): void {
    this.#read(fd, length);
  }

  /** The bytes of the last `receive`; they are overwritten by the next. */
  chunk(length: number): Uint8Array {
    return this.#received.bytes.subarray(0, length);
  }

  /** Sends what the socket takes, the descriptors with the first byte; gives the number of bytes or the negative errno. */
  send(fd: number, bytes: Uint8Array, fds: readonly number[]): number {
    for (;;) {
      const sent =
        fds.length === 0
          ? this.#libc.send(fd, bytes, bytes.length, MSG_DONTWAIT | MSG_NOSIGNAL)
          : this.#sendWithDescriptors(fd, bytes, fds);
      if (sent >= 0) return sent;
      const errno = this.#libc.errno();
      // The kernel is short of memory for a moment: the same as a full socket.
      if (errno === ENOBUFS || errno === ENOMEM) return -EAGAIN;
      if (errno !== EINTR) return -errno;
    }
  }

  #sendWithDescriptors(fd: number, bytes: Uint8Array, fds: readonly number[]): number {
    const length = Math.min(bytes.length, receiveBytes);
    this.#outgoing.bytes.set(length === bytes.length ? bytes : bytes.subarray(0, length));
    this.#sendHeader.setLength(0, length);
    this.#sendHeader.controlLength = this.#control.write(fds);
    return this.#libc.sendmsg(fd, this.#sendHeader.address, MSG_DONTWAIT | MSG_NOSIGNAL);
  }

  /** Always with room for descriptors: should one have slipped in behind the peek, it comes early rather than never. */
  #read(fd: number, length: number): number {
    this.#readHeader.setLength(0, length);
    for (;;) {
      this.#readHeader.controlLength = controlBytes;
      const got = this.#libc.recvmsg(fd, this.#readHeader.address, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
      if (got < 0) {
        const errno = this.#libc.errno();
        if (errno === EINTR) continue;
        return -errno;
      }
      const { controlLength } = this.#readHeader;
      if (controlLength > 0) this.fds = this.#control.read(controlLength);
      if (this.#readHeader.truncatedControl) this.#loseDescriptors();
      return got;
    }
  }

  /** With only some of a message's descriptors, commands would get the wrong ones: so all are closed. */
  #loseDescriptors(): void {
    closeDescriptors(this.fds);
    this.fds = noDescriptors;
    this.lost = true;
  }

  #peek(fd: number, message: MessageHeader, length: number, flags = 0): number {
    message.setLength(0, length);
    for (;;) {
      message.controlLength = 0;
      const got = this.#libc.recvmsg(fd, message.address, MSG_PEEK | MSG_DONTWAIT | flags);
      if (got >= 0) return got;
      const errno = this.#libc.errno();
      if (errno !== EINTR) return -errno;
    }
  }

  /**
   * How much may be read so that the descriptors known to be queued come on the first byte of a read.
   * A peek that can write all bytes but the last fails on the queue's segment that holds the last, and gives
   * the bytes before that segment; the peek ends with the segment that has the descriptors.
   */
  #bytesBeforeDescriptors(fd: number): number {
    // Byte by byte it is exact on any kernel: the segment's first byte brings its descriptors.
    if (!this.#exactPeek) return 1;
    const reach = this.#peek(fd, this.#peekHeader, receiveBytes);
    if (reach <= 1) return receiveBytes;
    const before = this.#peek(fd, this.#positionHeader, reach - 1);
    return before > 0 ? before : receiveBytes;
  }

  /** Whether this kernel's peeks behave as described; tried once, on a pair of sockets of our own. */
  #peekFindsTheSegment(): boolean {
    const pair = new Int32Array(2);
    if (this.#libc.socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) !== 0) return false;
    const [sender = -1, receiver = -1] = pair;
    try {
      const bytes = new Uint8Array(8);
      this.send(sender, bytes, noDescriptors);
      this.send(sender, bytes, [sender]);
      this.send(sender, bytes, noDescriptors);
      const reach = this.#peek(receiver, this.#peekHeader, receiveBytes);
      if (reach !== 16 || !this.#peekHeader.truncatedControl) return false;
      if (this.#peek(receiver, this.#positionHeader, reach - 1) !== 8) return false;
      if (this.#read(receiver, 8) !== 8 || this.fds.length !== 0) return false;
      if (this.#peek(receiver, this.#positionHeader, 7) !== -EFAULT) return false;
      const segment = this.#read(receiver, receiveBytes);
      const came = this.fds;
      closeDescriptors(came);
      this.fds = noDescriptors;
      return segment === 8 && came.length === 1;
    } finally {
      this.#libc.close(sender);
      this.#libc.close(receiver);
    }
  }
}

/** Closes our copies of descriptors that go nowhere, or that have been sent. */
export function closeDescriptors(fds: readonly number[]): void {
  for (const fd of fds) libc().close(fd);
}

let shared: DescriptorIo | undefined;

/** The one instance: its buffers are used within one call, so all sockets share them. */
export function descriptorIo(): DescriptorIo {
  return (shared ??= new DescriptorIo(libc()));
}
