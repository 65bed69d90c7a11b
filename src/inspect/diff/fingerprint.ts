/** Fingerprints, so that contents need not be kept to be compared. */

/**
 * 53 bits of the bytes, well mixed (two multiplicative hashes). Not cryptographic: collisions can be made on
 * purpose.
 */
export function fingerprint(bytes: Uint8Array, seed = 0): number {
  let one = 0xdeadbeef ^ seed;
  let two = 0x41c6ce57 ^ seed;
  for (const byte of bytes) {
    one = Math.imul(one ^ byte, 0x9e3779b1);
    two = Math.imul(two ^ byte, 0x5f356495);
  }
  one = Math.imul(one ^ (one >>> 16), 0x85ebca6b) ^ Math.imul(two ^ (two >>> 13), 0xc2b2ae35);
  two = Math.imul(two ^ (two >>> 16), 0x85ebca6b) ^ Math.imul(one ^ (one >>> 13), 0xc2b2ae35);
  return 0x100000000 * (two & 0x1fffff) + (one >>> 0);
}

/** Gives each different text a small number. */
export class Interner {
  readonly #known = new Map<string, number>();

  number(text: string): number {
    let known = this.#known.get(text);
    if (known === undefined) this.#known.set(text, (known = this.#known.size));
    return known;
  }
}
