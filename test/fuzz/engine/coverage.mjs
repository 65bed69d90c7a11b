/**
 * What the counters of the instrumented modules say after an execution. To be imported before any of them
 * (`node --import`). Knows nothing of inputs.
 */
import { register } from 'node:module';

register('./hooks.mjs', import.meta.url);

const size = 1 << 17;
const counters = new Uint8Array(size);
const words = new Uint32Array(counters.buffer);
let used = 0;

/** Words of the loaded modules, for the mutations. */
export const literals = new Set();

globalThis.fuzzCounters = (count, found) => {
  for (const literal of found) literals.add(literal);
  const start = used;
  used = (used + count + 3) & ~3;
  if (used > size) throw new Error('more branches than counters');
  return counters.subarray(start, start + count);
};

/** Before an execution. */
export function clear() {
  words.fill(0, 0, used >> 2);
}

/** Which branches were reached, and how often by order of magnitude: a bit for each, by counter. */
export class Seen {
  #bits = new Uint8Array(size);
  #coarse;
  /** How many branches, whatever how often. */
  branches = 0;

  /** @param {boolean} coarse how often a branch was reached does not matter */
  constructor(coarse) {
    this.#coarse = coarse;
  }

  /** Adds the last execution; how much of it is new. */
  add() {
    let fresh = 0;
    const end = used >> 2;
    for (let word = 0; word < end; word++) {
      if (words[word] === 0) continue;
      for (let at = word << 2; at < (word << 2) + 4; at++) {
        const bit = this.#coarse ? Number(counters[at] > 0) : magnitude[counters[at]];
        if ((this.#bits[at] & bit) === bit) continue;
        if (this.#bits[at] === 0) this.branches++;
        this.#bits[at] |= bit;
        fresh++;
      }
    }
    return fresh;
  }
}

const magnitude = Uint8Array.from({ length: 256 }, (_, count) => {
  if (count < 4) return [0, 1, 2, 4][count];
  return count < 8 ? 8 : count < 16 ? 16 : count < 32 ? 32 : count < 128 ? 64 : 128;
});
