/** Sets of UTF-16 units, as the classes of a regular expression are. */

/** Ascending, disjoint, both ends included: UTF-16 units. */
export type CharSet = readonly (readonly [number, number])[];

const lastUnit = 0xffff;
export const everyUnit: CharSet = [[0, lastUnit]];
export const digits: CharSet = [[0x30, 0x39]];
export const wordChars: CharSet = [
  [0x30, 0x39],
  [0x41, 0x5a],
  [0x5f, 0x5f],
  [0x61, 0x7a],
];
/** What JavaScript's `\s` means. */
export const spaces: CharSet = [
  [0x09, 0x0d],
  [0x20, 0x20],
  [0xa0, 0xa0],
  [0x1680, 0x1680],
  [0x2000, 0x200a],
  [0x2028, 0x2029],
  [0x202f, 0x202f],
  [0x205f, 0x205f],
  [0x3000, 0x3000],
  [0xfeff, 0xfeff],
];

/** The range itself and the other case of its letters a to z. */
export function bothCases(range: readonly [number, number]): [number, number][] {
  const [low, high] = range;
  const all: [number, number][] = [[low, high]];
  const shifted = (first: number, last: number, by: number): void => {
    const from = Math.max(low, first);
    const to = Math.min(high, last);
    if (from <= to) all.push([from + by, to + by]);
  };
  shifted(0x41, 0x5a, 0x20);
  shifted(0x61, 0x7a, -0x20);
  return all;
}

/** Ranges in any order, as a set. */
export function merge(ranges: readonly (readonly [number, number])[]): CharSet {
  const merged: [number, number][] = [];
  for (const [low, high] of [...ranges].sort((a, b) => a[0] - b[0])) {
    const last = merged.at(-1);
    if (last !== undefined && low <= last[1] + 1) last[1] = Math.max(last[1], high);
    else merged.push([low, high]);
  }
  return merged;
}

/** All units that are not in the set. */
export function negate(set: CharSet): CharSet {
  const rest: [number, number][] = [];
  let from = 0;
  for (const [low, high] of set) {
    if (low > from) rest.push([from, low - 1]);
    from = high + 1;
  }
  if (from <= lastUnit) rest.push([from, lastUnit]);
  return rest;
}

export function has(set: CharSet, unit: number): boolean {
  return set.some(([low, high]) => low <= unit && unit <= high);
}
