import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Frontier } from '../../../src/recording/merge/frontier.js';

test('gives the smallest first, and of equal ones the first that was put', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(5)), (keys) => {
      const frontier = new Frontier<number>();
      keys.forEach((key, place) => {
        frontier.put(key, place);
      });
      const sorted = keys
        .map((key, place) => ({ key, place }))
        .sort((a, b) => a.key - b.key || a.place - b.place);
      expect(keys.map(() => frontier.take())).toEqual(sorted.map(({ place }) => place));
      expect(frontier.take()).toBeUndefined();
    }),
  );
});
