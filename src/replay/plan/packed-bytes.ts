/**
 * Keeps many short stretches of bytes in few long ones: memory of its own costs each stretch some 250 bytes more,
 * which in a plan of a million messages is a quarter of everything.
 */

/** What is longer than a quarter of a block stays where it is. */
const blockBytes = 64 << 10;

export class PackedBytes {
  #block = new Uint8Array(0);
  #used = 0;

  /** A copy of the bytes that stays valid. */
  keep(bytes: Uint8Array): Uint8Array {
    const { length } = bytes;
    if (length > blockBytes / 4) return bytes;
    if (this.#used + length > this.#block.length) {
      this.#block = new Uint8Array(blockBytes);
      this.#used = 0;
    }
    const kept = this.#block.subarray(this.#used, this.#used + length);
    kept.set(bytes);
    this.#used += length;
    return kept;
  }
}
