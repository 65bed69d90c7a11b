/** Collects bytes that arrive in many chunks, in linear time. */

const FIRST_SIZE = 4096;

/** A buffer larger than this is released when it is emptied. */
const KEEP = 1 << 20;

export class ByteQueue {
  length = 0;
  #buffer = new Uint8Array(0);

  append(bytes: Uint8Array): void {
    const length = this.length + bytes.length;
    if (length > this.#buffer.length) {
      const grown = new Uint8Array(Math.max(FIRST_SIZE, length, this.#buffer.length * 2));
      grown.set(this.#buffer.subarray(0, this.length));
      this.#buffer = grown;
    }
    this.#buffer.set(bytes, this.length);
    this.length = length;
  }

  /** All that was appended; a view that the next `append` may overwrite. */
  take(): Uint8Array {
    const bytes = this.#buffer.subarray(0, this.length);
    this.length = 0;
    if (this.#buffer.length > KEEP) this.#buffer = new Uint8Array(0);
    return bytes;
  }

  /** The last `length` bytes that were appended; a view that the next `append` may overwrite. */
  last(length: number): Uint8Array {
    return this.#buffer.subarray(this.length - length, this.length);
  }

  /** A copy of all that was appended. */
  copy(): Uint8Array {
    return this.#buffer.slice(0, this.length);
  }
}
