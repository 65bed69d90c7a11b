import fc from 'fast-check';
import { expect, test } from 'vitest';
import { BoundedMap } from '../../src/text/bounded-map.js';

test('keeps as many keys as it may, and lets the oldest go', () => {
  const evicted: string[] = [];
  const map = new BoundedMap<number>(2, 100, (key) => evicted.push(key));
  map.add('a', 1);
  map.add('b', 2);
  expect([map.get('a'), map.has('b'), map.has('c'), map.size]).toEqual([1, true, false, 2]);
  map.add('c', 3);
  expect([map.get('a'), map.get('b'), map.get('c')]).toEqual([undefined, 2, 3]);
  expect(evicted).toEqual(['a']);
});

test('one key that is longer than all may be together is not kept', () => {
  const map = new BoundedMap<number>(10, 5);
  map.add('abcdef', 1);
  expect(map.size).toBe(0);
  map.add('abcde', 2);
  expect(map.get('abcde')).toBe(2);
});

test('never holds more than it may, and always the newest that fit', () => {
  const keys = fc.uniqueArray(fc.string({ maxLength: 8 }), { maxLength: 40 });
  fc.assert(
    fc.property(
      keys,
      fc.integer({ min: 1, max: 10 }),
      fc.integer({ min: 1, max: 60 }),
      (all, most, units) => {
        const evicted: string[] = [];
        const map = new BoundedMap<number>(most, units, (key) => evicted.push(key));
        for (const [n, key] of all.entries()) map.add(key, n);
        const kept = all.slice(evicted.length);
        expect(evicted).toEqual(all.slice(0, evicted.length));
        expect(kept.map((key) => map.get(key))).toEqual(kept.map((key) => all.indexOf(key)));
        expect(map.size).toBe(kept.length);
        expect(kept.length).toBeLessThanOrEqual(most);
        expect(kept.join('').length).toBeLessThanOrEqual(units);
      },
    ),
  );
});
