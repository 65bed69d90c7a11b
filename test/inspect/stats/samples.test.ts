import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Greatest, Samples, TimeAxis } from '../../../src/inspect/stats/samples.js';

describe('Samples', () => {
  test('gives exact percentiles', () => {
    const samples = new Samples();
    for (let n = 100; n >= 1; n--) samples.add(n);
    expect([0, 0.5, 0.95, 0.99, 1].map((share) => samples.percentile(share))).toEqual([1, 50, 95, 99, 100]);
    samples.add(1000);
    expect(samples.percentile(1)).toBe(1000);
    expect(samples.sum).toBe(6050);
  });

  test('gives nothing of nothing', () => {
    expect(new Samples().percentile(0.5)).toBeUndefined();
  });
});

describe('Greatest', () => {
  test('keeps what sorting would keep', () => {
    fc.assert(
      fc.property(
        fc.array(fc.nat(20), { maxLength: 40 }),
        fc.integer({ min: 1, max: 6 }),
        (scores, limit) => {
          const greatest = new Greatest<string>(limit);
          scores.forEach((score, index) => {
            greatest.offer(score, () => `${score}/${index}`);
          });
          const sorted = scores
            .map((score, index) => ({ score, index }))
            .sort((a, b) => b.score - a.score || a.index - b.index);
          expect(greatest.items()).toEqual(
            sorted.slice(0, limit).map(({ score, index }) => `${score}/${index}`),
          );
        },
      ),
      { numRuns: 200 },
    );
  });
});

describe('TimeAxis', () => {
  test('grows with the time, and its lines keep their counts', () => {
    const axis = new TimeAxis(4, 10);
    const [one, two] = [axis.line(), axis.line()];
    for (const t of [0, 9, 10, 39]) one.add(t);
    expect(one.counts(4)).toEqual([2, 1, 0, 1]);
    two.add(100);
    expect(axis.width).toBe(40);
    expect(one.counts(4)).toEqual([4, 0, 0, 0]);
    expect(two.counts(4)).toEqual([0, 0, 1, 0]);
    one.add(-5);
    expect(one.counts(1)).toEqual([5]);
  });
});
