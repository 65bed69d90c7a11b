import fc from 'fast-check';
import { expect, test } from 'vitest';
import { growth, LatencySketch } from '../../../src/inspect/profile/sketch.js';

const durations = fc.array(fc.nat({ max: 100_000_000_000 }), { maxLength: 50 });

function sketched(...all: readonly (readonly number[])[]): LatencySketch {
  const sketch = new LatencySketch();
  for (const duration of all.flat()) sketch.add(duration);
  return sketch;
}

function merged(...all: readonly LatencySketch[]): LatencySketch {
  const sketch = new LatencySketch();
  for (const one of all) sketch.merge(one);
  return sketch;
}

const essence = (sketch: LatencySketch): unknown[] => [sketch.count, sketch.max, sketch.buckets()];

test('merging is associative and commutative, and the same as adding all to one', () => {
  fc.assert(
    fc.property(durations, durations, durations, (a, b, c) => {
      const [one, two, three] = [sketched(a), sketched(b), sketched(c)];
      const expected = essence(sketched(a, b, c));
      expect(essence(merged(merged(one, two), three))).toEqual(expected);
      expect(essence(merged(one, merged(two, three)))).toEqual(expected);
      expect(essence(merged(three, two, one))).toEqual(expected);
    }),
  );
});

test('a quantile is at least the exact one, and little more', () => {
  fc.assert(
    fc.property(
      durations.filter((all) => all.length > 0),
      fc.double({ min: 0.01, max: 1, noNaN: true }),
      (all, part) => {
        const sorted = all.toSorted((a, b) => a - b);
        const exact = sorted[Math.ceil(part * all.length) - 1] ?? 0;
        const found = sketched(all).quantile(part);
        expect(found).toBeGreaterThanOrEqual(exact);
        expect(found).toBeLessThanOrEqual(Math.max(1000, exact * growth + 1));
      },
    ),
  );
});

test('is written and read, and refuses what it did not write', () => {
  const sketch = sketched([0, 5, 2_000_000, 9e15]);
  expect(essence(LatencySketch.of(sketch.buckets(), sketch.max) ?? expect.fail())).toEqual(essence(sketch));
  for (const buckets of [7, [7], [[0, -1]], [[0.5, 1]], [[1e9, 1]], [['0', 1]]])
    expect(LatencySketch.of(buckets, 1)).toBeUndefined();
  expect(LatencySketch.of([], 'much')).toBeUndefined();
  expect(new LatencySketch().quantile(0.5)).toBe(0);
});
