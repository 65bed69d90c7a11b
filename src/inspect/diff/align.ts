/**
 * Aligns two sequences of keys: which places belong together, in order. Anchors on what occurs once on both
 * sides (patience), looks for the longest common part between the anchors (Myers), and stays fast where two
 * sequences have little in common.
 */

/** A place of the one side, and the place of the other that belongs to it. */
export type Pair = readonly [a: number, b: number];

/** If more insertions and removals than this are needed, the nth occurrence is paired with the nth. */
const maxEdits = 1000;

/** Pairs of equal keys, ascending on both sides. Nearly as many as possible; where it is easy, as many. */
export function align(a: readonly number[], b: readonly number[]): Pair[] {
  const pairs: Pair[] = [];
  const stretches: Stretch[] = [{ fromA: 0, toA: a.length, fromB: 0, toB: b.length }];
  for (let stretch = stretches.pop(); stretch !== undefined; stretch = stretches.pop()) {
    const rest = trim(a, b, stretch, pairs);
    if (rest.fromA === rest.toA || rest.fromB === rest.toB) continue;
    const anchors = increasing(uniquePairs(a, b, rest));
    // One by one: there may be more of them than a call takes arguments.
    for (const part of anchors.length > 0 ? between(anchors, rest) : []) stretches.push(part);
    const found =
      anchors.length > 0 ? anchors : (shortestEdit(a, b, rest) ?? increasing(pairsByOccurrence(a, b, rest)));
    for (const pair of found) pairs.push(pair);
  }
  return pairs.sort((one, other) => one[0] - other[0]);
}

interface Stretch {
  readonly fromA: number;
  readonly toA: number;
  readonly fromB: number;
  readonly toB: number;
}

/** Takes what both sides begin and end with. */
function trim(a: readonly number[], b: readonly number[], stretch: Stretch, pairs: Pair[]): Stretch {
  let { fromA, toA, fromB, toB } = stretch;
  while (fromA < toA && fromB < toB && a[fromA] === b[fromB]) pairs.push([fromA++, fromB++]);
  while (fromA < toA && fromB < toB && a[toA - 1] === b[toB - 1]) pairs.push([--toA, --toB]);
  return { fromA, toA, fromB, toB };
}

/** What lies between pairs, which ascend. */
function between(anchors: readonly Pair[], { fromA, toA, fromB, toB }: Stretch): Stretch[] {
  const edges: Pair[] = [[fromA - 1, fromB - 1], ...anchors, [toA, toB]];
  return edges.slice(1).map(([nextA, nextB], at) => {
    const [lastA, lastB] = edges[at] ?? [nextA, nextB];
    return { fromA: lastA + 1, toA: nextA, fromB: lastB + 1, toB: nextB };
  });
}

/** The places of keys that occur once on both sides, ascending in A. */
function uniquePairs(a: readonly number[], b: readonly number[], stretch: Stretch): Pair[] {
  const inB = places(b, stretch.fromB, stretch.toB);
  const pairs: Pair[] = [];
  for (const [key, found] of places(a, stretch.fromA, stretch.toA)) {
    const other = inB.get(key);
    const [placeA, placeB] = [found[0], other?.[0]];
    if (found.length === 1 && other?.length === 1 && placeA !== undefined && placeB !== undefined) {
      pairs.push([placeA, placeB]);
    }
  }
  return pairs;
}

/** The first of a key with the first, the second with the second … ascending in A. */
function pairsByOccurrence(a: readonly number[], b: readonly number[], stretch: Stretch): Pair[] {
  const inB = places(b, stretch.fromB, stretch.toB);
  const used = new Map<number, number>();
  const pairs: Pair[] = [];
  for (let at = stretch.fromA; at < stretch.toA; at++) {
    const key = a[at] ?? 0;
    const nth = used.get(key) ?? 0;
    const other = inB.get(key)?.[nth];
    used.set(key, nth + 1);
    if (other !== undefined) pairs.push([at, other]);
  }
  return pairs;
}

function places(keys: readonly number[], from: number, to: number): Map<number, number[]> {
  const found = new Map<number, number[]>();
  for (let at = from; at < to; at++) {
    const key = keys[at] ?? 0;
    const known = found.get(key);
    if (known === undefined) found.set(key, [at]);
    else known.push(at);
  }
  return found;
}

/** The longest part of pairs ascending in A that ascends in B as well (patience sorting). */
function increasing(pairs: readonly Pair[]): Pair[] {
  /** The last pair of the best chain of each length, and what came before each. */
  const tops: number[] = [];
  const before: number[] = [];
  pairs.forEach(([, b], at) => {
    let low = 0;
    for (let high = tops.length; low < high;) {
      const middle = (low + high) >> 1;
      if ((pairs[tops[middle] ?? 0]?.[1] ?? 0) < b) low = middle + 1;
      else high = middle;
    }
    before[at] = low > 0 ? (tops[low - 1] ?? -1) : -1;
    tops[low] = at;
  });
  const chain: Pair[] = [];
  for (let at = tops.at(-1) ?? -1; at >= 0; at = before[at] ?? -1) {
    const pair = pairs[at];
    if (pair !== undefined) chain.push(pair);
  }
  return chain.reverse();
}

/** Myers's greedy algorithm; undefined if more than `maxEdits` would be needed. */
function shortestEdit(a: readonly number[], b: readonly number[], stretch: Stretch): Pair[] | undefined {
  const { fromA, fromB } = stretch;
  const [n, m] = [stretch.toA - fromA, stretch.toB - fromB];
  const limit = Math.min(n + m, maxEdits);
  /** The farthest place in A on each diagonal (A minus B), as it was before each step. */
  const steps: Int32Array[] = [];
  let reach = new Int32Array(3);
  for (let edits = 0; edits <= limit; edits++) {
    const next = new Int32Array(2 * edits + 5);
    const [old, now] = [edits + 1, edits + 2];
    for (let diagonal = -edits; diagonal <= edits; diagonal += 2) {
      let x = edits === 0 ? 0 : farthest(reach, old, edits, diagonal);
      while (x < n && x - diagonal < m && a[fromA + x] === b[fromB + x - diagonal]) x++;
      next[now + diagonal] = x;
      if (x >= n && x - diagonal >= m) {
        steps.push(next);
        return traceBack(steps, n, m).map(([x0, y0]) => [fromA + x0, fromB + y0]);
      }
    }
    steps.push(next);
    reach = next;
  }
  return undefined;
}

/** Where a diagonal begins at this step: by a removal from the left, or by an insertion from above. */
function farthest(reach: Int32Array, middle: number, edits: number, diagonal: number): number {
  const left = diagonal > -edits ? (reach[middle + diagonal - 1] ?? 0) : -1;
  const above = diagonal < edits ? (reach[middle + diagonal + 1] ?? 0) : -1;
  return above > left ? above : left + 1;
}

function traceBack(steps: readonly Int32Array[], n: number, m: number): Pair[] {
  const pairs: Pair[] = [];
  let [x, y] = [n, m];
  for (let edits = steps.length - 1; edits >= 0; edits--) {
    const diagonal = x - y;
    const before = steps[edits - 1];
    const start = before === undefined ? 0 : farthest(before, edits + 1, edits, diagonal);
    for (; x > start; x--, y--) pairs.push([x - 1, y - 1]);
    if (before === undefined) break;
    const left = diagonal > -edits ? (before[edits + diagonal] ?? 0) : -1;
    const above = diagonal < edits ? (before[edits + 2 + diagonal] ?? 0) : -1;
    x = above > left ? above : left;
    y = above > left ? above - diagonal - 1 : left - diagonal + 1;
  }
  return pairs.reverse();
}
