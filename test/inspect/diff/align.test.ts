import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { align, type Pair } from '../../../src/inspect/diff/align.js';

const keys = (text: string): number[] => Array.from(text, (char) => char.charCodeAt(0));
const common = (a: string, b: string): string =>
  align(keys(a), keys(b))
    .map(([at]) => a[at])
    .join('');

function expectSound(a: readonly number[], b: readonly number[], pairs: readonly Pair[]): void {
  pairs.forEach(([placeA, placeB], at) => {
    expect(a[placeA]).toBe(b[placeB]);
    const [lastA, lastB] = pairs[at - 1] ?? [-1, -1];
    expect(placeA).toBeGreaterThan(lastA);
    expect(placeB).toBeGreaterThan(lastB);
    expect(placeA).toBeLessThan(a.length);
    expect(placeB).toBeLessThan(b.length);
  });
}

function longestCommon(a: readonly number[], b: readonly number[]): number {
  let above = new Array<number>(b.length + 1).fill(0);
  for (const key of a) {
    const row = [0];
    b.forEach((other, at) => row.push(key === other ? above[at]! + 1 : Math.max(above[at + 1]!, row[at]!)));
    above = row;
  }
  return above[b.length]!;
}

describe('align', () => {
  test.each([
    ['abcdef', 'abcdef', 'abcdef'],
    ['abcdef', 'abxdef', 'abdef'],
    ['abcdef', 'xabcdefy', 'abcdef'],
    ['aabb', 'abab', 'abb'],
    ['xqyqz', 'qxqyqz', 'xqyqz'],
    ['abc', '', ''],
    ['abc', 'xyz', ''],
  ])('%s and %s have %s in common', (a, b, expected) => {
    expect(common(a, b)).toHaveLength(expected.length);
  });

  test('is sound, and nothing longer is in common where no key is unique', () => {
    const sequence = fc.array(fc.nat(3), { maxLength: 30 });
    const often = [0, 1, 2, 3, 0, 1, 2, 3];
    fc.assert(
      fc.property(sequence, sequence, (beginA, beginB) => {
        // Different ends, so that nothing is trimmed until a key is unique.
        const [a, b] = [
          [10, ...beginA, ...often, 11],
          [12, ...beginB, ...often, 13],
        ];
        const pairs = align(a, b);
        expectSound(a, b, pairs);
        expect(pairs).toHaveLength(longestCommon(a, b));
      }),
      { numRuns: 200 },
    );
  });

  test('is sound on what looks like sessions', () => {
    const sequence = fc.array(fc.oneof(fc.nat(3), fc.nat(100)), { maxLength: 80 });
    fc.assert(
      fc.property(sequence, fc.array(fc.tuple(fc.nat(80), fc.nat(100)), { maxLength: 5 }), (a, inserted) => {
        const b = [...a];
        for (const [at, key] of inserted) b.splice(at, 0, key);
        const pairs = align(a, b);
        expectSound(a, b, pairs);
        expect(pairs.length).toBeGreaterThanOrEqual(a.length - 3 * inserted.length);
      }),
      { numRuns: 200 },
    );
  });

  test('takes more places than a call has arguments', () => {
    const alone = Array.from({ length: 200_000 }, (_, at) => at);
    const anchored = align([-1, ...alone, -2], [-3, ...alone, -4]);
    expect(anchored.length).toBe(alone.length);
    const mixed = (own: number): number[] => [own, ...alone.flatMap((key) => [key, own])];
    expect(align(mixed(-1), mixed(-2)).length).toBe(alone.length);
  });

  test('is fast where little is in common, and where nothing is unique', () => {
    const some = (count: number, seed: number): number[] => {
      let state = seed;
      return Array.from({ length: 100_000 }, () => (state = (state * 48_271) % 2_147_483_647) % count);
    };
    for (const count of [4, 1_000, 100_000_000]) {
      const [a, b] = [some(count, 1), some(count, 2)];
      expectSound(a.slice(0, 0), b, []);
      const pairs = align(a, b);
      expect(pairs.every(([placeA, placeB]) => a[placeA] === b[placeB])).toBe(true);
      expect(align(a, a)).toHaveLength(a.length);
    }
  });
});
