/** Reads decisions from an input, so that a mutation of the input is another sequence of decisions. */
export class Source {
  readonly #input: Uint8Array;
  #at = 0;

  constructor(input: Uint8Array) {
    this.#input = input;
  }

  /** Nothing is left; every further decision is 0. */
  get done(): boolean {
    return this.#at >= this.#input.length;
  }

  byte(): number {
    return this.#input[this.#at++] ?? 0;
  }

  /** A number from 0 to below `limit`, which is at most 65536. */
  below(limit: number): number {
    return (limit > 256 ? this.byte() * 256 + this.byte() : this.byte()) % limit;
  }

  pick<T>(list: readonly T[]): T {
    return list[this.below(list.length)] as T;
  }

  /** As many as are left, at most. */
  bytes(length: number): Uint8Array {
    const bytes = this.#input.subarray(this.#at, this.#at + length);
    this.#at += bytes.length;
    return bytes;
  }

  rest(): Uint8Array {
    return this.bytes(Infinity);
  }

  /** Up to the next NUL byte, which is taken as well. */
  line(): string {
    const end = this.#input.indexOf(0, this.#at);
    const bytes = end < 0 ? this.rest() : this.bytes(end - this.#at);
    if (end >= 0) this.#at++;
    return new TextDecoder().decode(bytes);
  }
}
