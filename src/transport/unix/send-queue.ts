/**
 * What a socket has not taken yet: segments in order, each with the descriptors for its first byte. Owns copies of
 * the bytes, and the descriptors until they are sent.
 */
import { closeDescriptors } from './descriptors.js';
import { noDescriptors } from '../stream.js';

/** Bytes without descriptors are collected in blocks of this size: the largest chunk that a socket gives. */
const blockBytes = 128 << 10;

/** The bytes of `block` from `start` to `end` are waiting. */
interface Segment {
  readonly block: Uint8Array;
  start: number;
  end: number;
  fds: readonly number[];
}

export class SendQueue {
  bytes = 0;
  /** How many descriptors wait. */
  descriptors = 0;
  readonly #segments: Segment[] = [];
  /** A block that was sent, to be used again: large answers would make garbage each time. */
  #spare: Uint8Array | undefined;

  /**
   * Keeps a copy. Bytes without descriptors may join the segment before them; bytes with some begin their
   * own, because descriptors travel on the first byte of what is sent.
   */
  push(bytes: Uint8Array, fds: readonly number[]): void {
    this.bytes += bytes.length;
    this.descriptors += fds.length;
    const last = this.#segments.at(-1);
    if (last !== undefined && fds.length === 0 && last.block.length - last.end >= bytes.length) {
      last.block.set(bytes, last.end);
      last.end += bytes.length;
      return;
    }
    const block = this.#block(bytes.length);
    block.set(bytes);
    this.#segments.push({ block, start: 0, end: bytes.length, fds });
  }

  /**
   * Sends the segments with `send` until it takes no more; gives the negative errno with which it refused,
   * or 0 when all is sent. The descriptors are closed once the first byte after them is sent.
   */
  flush(send: (bytes: Uint8Array, fds: readonly number[]) => number): number {
    let gone = 0;
    let refused = 0;
    for (const segment of this.#segments) {
      while (segment.start < segment.end && refused === 0) {
        const sent = send(segment.block.subarray(segment.start, segment.end), segment.fds);
        if (sent < 0) {
          refused = sent;
        } else if (sent > 0) {
          closeDescriptors(segment.fds);
          this.descriptors -= segment.fds.length;
          segment.fds = noDescriptors;
          segment.start += sent;
          this.bytes -= sent;
        }
      }
      if (refused !== 0) break;
      gone++;
    }
    const last = this.#segments[gone - 1]?.block;
    if (last?.length === blockBytes) this.#spare = last;
    this.#segments.splice(0, gone);
    return refused;
  }

  /** Throws everything away, and closes the descriptors. */
  clear(): void {
    for (const segment of this.#segments) closeDescriptors(segment.fds);
    this.#segments.length = 0;
    this.bytes = 0;
    this.descriptors = 0;
  }

  #block(length: number): Uint8Array {
    const spare = this.#spare;
    if (spare === undefined || spare.length < length) return new Uint8Array(Math.max(blockBytes, length));
    this.#spare = undefined;
    return spare;
  }
}
