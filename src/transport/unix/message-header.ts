/**
 * The kernel's structures around `sendmsg` and `recvmsg`, in native memory that is made once and used for
 * every call.
 */
import { MSG_CTRUNC, SCM_RIGHTS, SOL_SOCKET } from './libc.js';
import type { Libc } from './libc.js';

/** The kernel's limit for one message (SCM_MAX_FD); one more is EINVAL. */
const maxDescriptors = 253;
/** The room for that many: the message's header, the descriptors, and up to the next eight bytes. */
export const controlBytes = 16 + 4 * maxDescriptors + 4;

/** `struct msghdr` on 64 bits: name 0, name length 8, iovec 16, their number 24, control 32, its length 40, flags 48. */
const header = { iov: 16, iovs: 24, control: 32, controlLength: 40, flags: 48, size: 56 };

/** A `struct msghdr` in native memory, with buffers and perhaps a control buffer. */
export class MessageHeader {
  readonly address: bigint;
  readonly #view: DataView;

  /** `buffers`: how many, to be set one by one. */
  constructor(system: Libc, buffers: number, control?: ControlBuffer) {
    const { address, view } = system.allocate(header.size + 16 * buffers);
    this.address = address;
    this.#view = view;
    view.setBigUint64(header.iov, address + BigInt(header.size), true);
    view.setBigUint64(header.iovs, BigInt(buffers), true);
    view.setBigUint64(header.control, control?.address ?? 0n, true);
  }

  setBuffer(index: number, address: bigint, length: number): void {
    this.#view.setBigUint64(header.size + 16 * index, address, true);
    this.setLength(index, length);
  }

  setLength(index: number, length: number): void {
    this.#view.setUint32(header.size + 16 * index + 8, length, true);
  }

  /** Bytes of control messages: the room for them before a call, what came after it. */
  set controlLength(length: number) {
    this.#view.setUint32(header.controlLength, length, true);
  }

  get controlLength(): number {
    return this.#view.getUint32(header.controlLength, true);
  }

  /** Control messages came for which there was no room. */
  get truncatedControl(): boolean {
    return (this.#view.getUint32(header.flags, true) & MSG_CTRUNC) !== 0;
  }
}

/** The control messages that bring descriptors (`struct cmsghdr` with SCM_RIGHTS): one outgoing, all incoming. */
export class ControlBuffer {
  readonly address: bigint;
  readonly #view: DataView;

  constructor(system: Libc) {
    const { address, view } = system.allocate(controlBytes);
    this.address = address;
    this.#view = view;
  }

  /** Writes one message with at most `maxDescriptors`; gives its length. */
  write(fds: readonly number[]): number {
    const view = this.#view;
    view.setBigUint64(0, BigInt(16 + 4 * fds.length), true);
    view.setInt32(8, SOL_SOCKET, true);
    view.setInt32(12, SCM_RIGHTS, true);
    fds.forEach((fd, index) => {
      view.setInt32(16 + 4 * index, fd, true);
    });
    return 16 + 8 * Math.ceil(fds.length / 2);
  }

  /** The descriptors in the first `length` bytes. */
  read(length: number): number[] {
    const view = this.#view;
    const end = Math.min(length, controlBytes);
    const fds: number[] = [];
    for (let at = 0; at + 16 <= end;) {
      const size = view.getUint32(at, true);
      if (size < 16) break;
      if (view.getInt32(at + 8, true) === SOL_SOCKET && view.getInt32(at + 12, true) === SCM_RIGHTS) {
        for (let each = at + 16; each + 4 <= Math.min(at + size, end); each += 4) {
          fds.push(view.getInt32(each, true));
        }
      }
      at += (size + 7) & ~7;
    }
    return fds;
  }
}
