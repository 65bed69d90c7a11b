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
  MSG_CTRUNC,
  MSG_DONTWAIT,
  MSG_NOSIGNAL,
  MSG_PEEK,
  SCM_RIGHTS,
  SOCK_CLOEXEC,
  SOCK_STREAM,
  SOL_SOCKET,
  libc,
} from './libc.js';
import type { Libc, NativeMemory } from './libc.js';
import { noDescriptors } from './stream.js';
import { EAGAIN, EFAULT, EINTR, ENOBUFS, ENOMEM } from './system-error.js';

/** The kernel's limit for one message (SCM_MAX_FD); one more is EINVAL. */
const maxDescriptors = 253;
const controlBytes = 16 + 4 * maxDescriptors + 4;

/** The most that one read gives: with half of it, large answers cost an eighth more time; with twice it, a flood 15 MB more. */
const receiveBytes = 128 << 10;
/** A peek copies no more than this: up to here a message is small, above it the copy would cost. */
const peekBytes = 4096;

/** `struct msghdr` on 64 bits: name 0, name length 8, iovec 16, their number 24, control 32, its length 40, flags 48. */
const header = { iov: 16, iovs: 24, control: 32, controlLength: 40, flags: 48, size: 56 };

/** A `struct msghdr` in native memory, with up to two buffers and perhaps a control buffer. */
class MessageHeader {
  readonly address: bigint;
  private readonly view: DataView;
  private readonly iov = header.size;

  constructor(memory: NativeMemory, buffers: number, control: bigint) {
    this.address = memory.address;
    this.view = memory.view;
    this.view.setBigUint64(header.iov, memory.address + BigInt(header.size), true);
    this.view.setBigUint64(header.iovs, BigInt(buffers), true);
    this.view.setBigUint64(header.control, control, true);
  }

  setBuffer(index: number, address: bigint, length: number): void {
    this.view.setBigUint64(this.iov + 16 * index, address, true);
    this.setLength(index, length);
  }

  setLength(index: number, length: number): void {
    this.view.setUint32(this.iov + 16 * index + 8, length, true);
  }

  set controlLength(length: number) {
    this.view.setUint32(header.controlLength, length, true);
  }

  get controlLength(): number {
    return this.view.getUint32(header.controlLength, true);
  }

  get truncatedControl(): boolean {
    return (this.view.getUint32(header.flags, true) & MSG_CTRUNC) !== 0;
  }
}

export class DescriptorIo {
  /** Of the last `receive`: the descriptors on the chunk's first byte. */
  fds: readonly number[] = noDescriptors;
  /** Of the last `receive`: descriptors came, but could not be taken (the limit of open files). */
  lost = false;
  /** Of the last `receive`: more may be there already. */
  more = false;
  /** Of the last `receive`: the chunk is still in the socket, to be taken out with `remove`. */
  onlySeen = false;

  private readonly libc: Libc;
  private readonly received: NativeMemory;
  private readonly control: NativeMemory;
  private readonly outgoing: NativeMemory;
  private readonly peekHeader: MessageHeader;
  private readonly positionHeader: MessageHeader;
  private readonly readHeader: MessageHeader;
  private readonly sendHeader: MessageHeader;
  private readonly queued = new Int32Array(1);
  private readonly exactPeek: boolean;

  /** `exactPeek`: whether the second peek may be relied on; without it, this is found out. */
  constructor(system: Libc, exactPeek?: boolean) {
    this.libc = system;
    this.received = system.allocate(receiveBytes);
    this.control = system.allocate(controlBytes);
    this.outgoing = system.allocate(receiveBytes);
    const newHeader = (buffers: number, control: bigint): MessageHeader =>
      new MessageHeader(system.allocate(header.size + 16 * buffers), buffers, control);
    this.peekHeader = newHeader(1, 0n);
    this.peekHeader.setBuffer(0, this.received.address, peekBytes);
    this.positionHeader = newHeader(2, 0n);
    this.positionHeader.setBuffer(0, this.received.address, 0);
    // Address 1 is never mapped, so that what is copied there fails.
    this.positionHeader.setBuffer(1, 1n, 1);
    this.readHeader = newHeader(1, this.control.address);
    this.readHeader.setBuffer(0, this.received.address, 0);
    this.sendHeader = newHeader(1, this.control.address);
    this.sendHeader.setBuffer(0, this.outgoing.address, 0);
    this.exactPeek = exactPeek ?? this.peekFindsTheSegment();
  }

  /**
   * Gives the length of the next chunk, which carries descriptors on its first byte or not at all; 0 at the
   * end, or the negative errno. `large`: expect more than a few kilobytes. A chunk that the peek has seen whole is
   * left in the socket, so that it can be passed on a system call earlier.
   */
  receive(fd: number, large: boolean): number {
    this.fds = noDescriptors;
    this.lost = false;
    this.more = false;
    this.onlySeen = false;
    let length = 0;
    if (large) {
      // What is queued now is a prefix of what the peek will see, so it may be read whole if that is clean.
      this.queued[0] = 0;
      this.libc.ioctl(fd, FIONREAD, this.queued);
      length = Math.min(this.queued[0], receiveBytes);
    }
    const peeked = this.peek(fd, this.peekHeader, length > peekBytes ? 1 : peekBytes);
    if (peeked <= 0) return peeked;
    if (this.peekHeader.truncatedControl) {
      length = this.bytesBeforeDescriptors(fd);
      this.more = true;
    } else if (length <= peekBytes) {
      this.more = peeked === peekBytes;
      this.onlySeen = true;
      return peeked;
    } else {
      this.more = length === receiveBytes;
    }
    return this.read(fd, length);
  }

  /** Takes a chunk that was `onlySeen` out of the socket. */
  remove(fd: number, length: number): void {
    this.read(fd, length);
  }

  /** The bytes of the last `receive`; they are overwritten by the next. */
  chunk(length: number): Uint8Array {
    return this.received.bytes.subarray(0, length);
  }

  /** Sends what the socket takes, the descriptors with the first byte; gives the number of bytes or the negative errno. */
  send(fd: number, bytes: Uint8Array, fds: readonly number[]): number {
    for (;;) {
      const sent =
        fds.length === 0
          ? this.libc.send(fd, bytes, bytes.length, MSG_DONTWAIT | MSG_NOSIGNAL)
          : this.sendWithDescriptors(fd, bytes, fds);
      if (sent >= 0) return sent;
      const errno = this.libc.errno();
      // The kernel is short of memory for a moment: the same as a full socket.
      if (errno === ENOBUFS || errno === ENOMEM) return -EAGAIN;
      if (errno !== EINTR) return -errno;
    }
  }

  private sendWithDescriptors(fd: number, bytes: Uint8Array, fds: readonly number[]): number {
    const length = Math.min(bytes.length, receiveBytes);
    this.outgoing.bytes.set(length === bytes.length ? bytes : bytes.subarray(0, length));
    this.sendHeader.setLength(0, length);
    const control = this.control.view;
    control.setBigUint64(0, BigInt(16 + 4 * fds.length), true);
    control.setInt32(8, SOL_SOCKET, true);
    control.setInt32(12, SCM_RIGHTS, true);
    fds.forEach((each, index) => {
      control.setInt32(16 + 4 * index, each, true);
    });
    this.sendHeader.controlLength = 16 + 8 * Math.ceil(fds.length / 2);
    return this.libc.sendmsg(fd, this.sendHeader.address, MSG_DONTWAIT | MSG_NOSIGNAL);
  }

  /** Always with room for descriptors: should one have slipped in behind the peek, it comes early rather than never. */
  private read(fd: number, length: number): number {
    this.readHeader.setLength(0, length);
    for (;;) {
      this.readHeader.controlLength = controlBytes;
      const got = this.libc.recvmsg(fd, this.readHeader.address, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
      if (got < 0) {
        const errno = this.libc.errno();
        if (errno === EINTR) continue;
        return -errno;
      }
      if (this.readHeader.controlLength > 0) this.takeDescriptors();
      if (this.readHeader.truncatedControl) this.loseDescriptors();
      return got;
    }
  }

  private takeDescriptors(): void {
    const { view } = this.control;
    const end = Math.min(this.readHeader.controlLength, controlBytes);
    const fds: number[] = [];
    for (let at = 0; at + 16 <= end;) {
      const length = view.getUint32(at, true);
      if (length < 16) break;
      if (view.getInt32(at + 8, true) === SOL_SOCKET && view.getInt32(at + 12, true) === SCM_RIGHTS) {
        for (let each = at + 16; each + 4 <= Math.min(at + length, end); each += 4) {
          fds.push(view.getInt32(each, true));
        }
      }
      at += (length + 7) & ~7;
    }
    if (fds.length > 0) this.fds = fds;
  }

  /** Some of a message's descriptors without the others would be given to the wrong commands: better none. */
  private loseDescriptors(): void {
    closeDescriptors(this.fds);
    this.fds = noDescriptors;
    this.lost = true;
  }

  private peek(fd: number, message: MessageHeader, length: number): number {
    message.setLength(0, length);
    for (;;) {
      message.controlLength = 0;
      const got = this.libc.recvmsg(fd, message.address, MSG_PEEK | MSG_DONTWAIT);
      if (got >= 0) return got;
      const errno = this.libc.errno();
      if (errno !== EINTR) return -errno;
    }
  }

  /**
   * How much may be read so that the descriptors known to be queued come on the first byte of a read.
   * A peek that can write all bytes but the last fails on the queue's segment that holds the last, and gives
   * the bytes before that segment; the peek ends with the segment that has the descriptors.
   */
  private bytesBeforeDescriptors(fd: number): number {
    // Byte by byte it is exact on any kernel: the segment's first byte brings its descriptors.
    if (!this.exactPeek) return 1;
    const reach = this.peek(fd, this.peekHeader, receiveBytes);
    if (reach <= 1) return receiveBytes;
    const before = this.peek(fd, this.positionHeader, reach - 1);
    return before > 0 ? before : receiveBytes;
  }

  /** Whether this kernel's peeks behave as described; tried once, on a pair of sockets of our own. */
  private peekFindsTheSegment(): boolean {
    const pair = new Int32Array(2);
    if (this.libc.socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) !== 0) return false;
    const [sender = -1, receiver = -1] = pair;
    try {
      const bytes = new Uint8Array(8);
      this.send(sender, bytes, noDescriptors);
      this.send(sender, bytes, [sender]);
      this.send(sender, bytes, noDescriptors);
      const reach = this.peek(receiver, this.peekHeader, receiveBytes);
      if (reach !== 16 || !this.peekHeader.truncatedControl) return false;
      if (this.peek(receiver, this.positionHeader, reach - 1) !== 8) return false;
      if (this.read(receiver, 8) !== 8 || this.fds.length !== 0) return false;
      if (this.peek(receiver, this.positionHeader, 7) !== -EFAULT) return false;
      const segment = this.read(receiver, receiveBytes);
      const came = this.fds;
      closeDescriptors(came);
      this.fds = noDescriptors;
      return segment === 8 && came.length === 1;
    } finally {
      this.libc.close(sender);
      this.libc.close(receiver);
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
