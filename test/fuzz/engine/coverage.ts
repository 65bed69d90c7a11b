/**
 * What the counters of the instrumented modules say after an execution. To be imported before any of them
 * (`node --import`).
 */
import { register } from 'node:module';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { compiled } from '../../support/typescript.js';
import type { Places } from './hooks.js';

const root = new URL('../../../', import.meta.url);
const cache = new URL('node_modules/.cache/qmptap-fuzz/', root);
// The thread that runs hooks loads no TypeScript by itself.
const hooks = compiled(fileURLToPath(new URL('./hooks.ts', import.meta.url)));
register<Places>(pathToFileURL(hooks), { data: { root: root.href, cache: cache.href } });

declare global {
  /** What an instrumented module asks for its counters, with the words that stand in it. */
  var fuzzCounters: ((count: number, words: readonly string[]) => Uint8Array) | undefined;
}

const size = 1 << 17;
const counters = new Uint8Array(size);
const words = new Uint32Array(counters.buffer);
let used = 0;

/** Words of the loaded modules, for the mutations. */
export const literals = new Set<string>();

globalThis.fuzzCounters = (count, found) => {
  for (const literal of found) literals.add(literal);
  const start = used;
  used = (used + count + 3) & ~3;
  if (used > size) throw new Error('more branches than counters');
  return counters.subarray(start, start + count);
};

/** Before an execution. */
export function clear(): void {
  words.fill(0, 0, used >> 2);
}

/** Which branches were reached, and how often by order of magnitude: a bit for each, by counter. */
export class Seen {
  readonly #bits = new Uint8Array(size);
  readonly #coarse: boolean;
  /** How many branches, whatever how often. */
  branches = 0;

  /** `coarse`: how often a branch was reached does not matter. */
  constructor(coarse: boolean) {
    this.#coarse = coarse;
  }

  /** Adds the last execution; how much of it is new. */
  add(): number {
    let fresh = 0;
    const end = used >> 2;
    for (let word = 0; word < end; word++) {
      if (words[word] === 0) continue;
      for (let at = word << 2; at < (word << 2) + 4; at++) {
        const count = counters[at] ?? 0;
        const bit = this.#coarse ? Number(count > 0) : (magnitude[count] ?? 0);
        const before = this.#bits[at] ?? 0;
        if ((before & bit) === bit) continue;
        if (before === 0) this.branches++;
        this.#bits[at] = before | bit;
        fresh++;
      }
    }
    return fresh;
  }
}

const magnitude = Uint8Array.from({ length: 256 }, (_, count) => {
  if (count < 4) return [0, 1, 2, 4][count] ?? 0;
  return count < 8 ? 8 : count < 16 ? 16 : count < 32 ? 32 : count < 128 ? 64 : 128;
});
