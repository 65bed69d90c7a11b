/**
 * Changes an input in the ways that find bugs: a bit, a byte, a number at its limit, a word of the format,
 * a piece gone, doubled, moved, or taken from another input.
 */
import type { Random } from './random.js';

/** Whole numbers at which counters, lengths and signs turn. */
const numbers = [
  '0', '-1', '1', '127', '128', '255', '256', '1023', '1024', '1025', '65535', '65536', '2147483647',
  '2147483648', '-2147483649', '4294967295', '4294967296', '9007199254740991', '9007199254740993',
  '9223372036854775807', '-9223372036854775808', '18446744073709551615', '1e400', '-0.0', '0.1', '1E5',
]; // prettier-ignore
const whole = numbers.filter((number) => /^-?\d+$/.test(number));
const bytes = [0, 1, 0x09, 0x0a, 0x0d, 0x1b, 0x20, 0x22, 0x27, 0x2c, 0x3a, 0x5b, 0x5c, 0x5d, 0x7b, 0x7d, 0x7f, 0x80, 0x9b, 0xc3, 0xed, 0xfe, 0xff]; // prettier-ignore

export class Mutator {
  readonly #random: Random;
  readonly #words: readonly Buffer[];
  readonly #maxLength: number;

  /** `words` are those of the format, as UTF-8. */
  constructor(random: Random, words: readonly string[], maxLength: number) {
    this.#random = random;
    this.#words = words.map((word) => Buffer.from(word));
    this.#maxLength = maxLength;
  }

  /** A new input from this one; `other` is one to take pieces from. */
  mutate(input: Uint8Array, other: Uint8Array): Uint8Array {
    const random = this.#random;
    let changed: Buffer = Buffer.from(input);
    const rounds = 1 << random.below(4);
    for (let round = 0; round < rounds; round++) changed = this.#once(changed, other);
    return new Uint8Array(changed.subarray(0, this.#maxLength));
  }

  #once(input: Buffer, other: Uint8Array): Buffer {
    const random = this.#random;
    const at = random.below(input.length + 1);
    switch (random.below(12)) {
      case 0:
        return this.#change(input, (byte) => byte ^ (1 << random.below(8)));
      case 1:
        return this.#change(input, () => random.below(256));
      case 2:
        return this.#change(input, () => random.pick(bytes));
      case 3:
        return this.#change(input, (byte) => (byte + random.below(35) - 17) & 0xff);
      case 4:
        return replace(input, at, at, Buffer.from([random.pick(bytes)]));
      case 5:
        return this.#word(input, at);
      case 6:
        return replace(input, at, at + this.#length(input.length - at), Buffer.alloc(0));
      case 7: {
        const piece = input.subarray(at, at + this.#length(input.length - at));
        const times = random.oneIn(20) ? 1 + random.below(200) : 1;
        return this.#insert(input, random.below(input.length + 1), repeat(piece, times));
      }
      case 8: {
        const piece = this.#piece(other);
        return this.#insert(input, at, piece);
      }
      case 9: {
        const piece = this.#piece(other);
        return replace(input, at, at + piece.length, piece);
      }
      case 10:
        return this.#number(input);
      default:
        // The beginning of one, the end of the other.
        return Buffer.concat([input.subarray(0, at), other.subarray(random.below(other.length + 1))]);
    }
  }

  #change(input: Buffer, change: (byte: number) => number): Buffer {
    if (input.length === 0) return Buffer.from([this.#random.below(256)]);
    const at = this.#random.below(input.length);
    input[at] = change(input[at] ?? 0);
    return input;
  }

  #word(input: Buffer, at: number): Buffer {
    if (this.#words.length === 0) return input;
    const word = this.#random.pick(this.#words);
    return this.#random.oneIn(2)
      ? this.#insert(input, at, word)
      : replace(input, at, at + (this.#random.oneIn(2) ? word.length : this.#length(16)), word);
  }

  /** Another number where one stands, as text or as two to eight bytes. */
  #number(input: Buffer): Buffer {
    const random = this.#random;
    if (random.oneIn(2)) {
      const number = Buffer.alloc(8);
      number.writeBigInt64LE(BigInt.asIntN(64, BigInt(random.pick(whole))));
      if (random.oneIn(2)) number.reverse();
      const size = 1 << random.below(4);
      const at = random.below(input.length + 1);
      const piece = random.oneIn(2) ? number.subarray(0, size) : number.subarray(8 - size);
      return replace(input, at, at + size, piece);
    }
    const found = [...input.toString('latin1').matchAll(/-?\d+(?:\.\d+)?/g)];
    if (found.length === 0)
      return this.#insert(input, random.below(input.length + 1), Buffer.from(random.pick(numbers)));
    const one = random.pick(found);
    return replace(input, one.index, one.index + one[0].length, Buffer.from(random.pick(numbers)));
  }

  #piece(other: Uint8Array): Uint8Array {
    const at = this.#random.below(other.length + 1);
    return other.subarray(at, at + this.#length(other.length - at));
  }

  #insert(input: Buffer, at: number, piece: Uint8Array): Buffer {
    return input.length + piece.length > 2 * this.#maxLength ? input : replace(input, at, at, piece);
  }

  /** Short ones more often. */
  #length(limit: number): number {
    if (limit <= 0) return 0;
    const cap = this.#random.oneIn(4) ? limit : Math.min(limit, 1 << this.#random.below(7));
    return 1 + this.#random.below(cap);
  }
}

function replace(input: Buffer, start: number, end: number, piece: Uint8Array): Buffer {
  return Buffer.concat([input.subarray(0, start), piece, input.subarray(Math.min(end, input.length))]);
}

function repeat(piece: Uint8Array, times: number): Buffer {
  return Buffer.concat(Array.from({ length: times }, () => piece));
}
