import fc from 'fast-check';
import { expect, test } from 'vitest';
import { occurrences } from '../../src/text/occurrences.js';

function plainly(text: string, wanted: string): number[] {
  const places: number[] = [];
  for (let at = text.indexOf(wanted); at >= 0; at = text.indexOf(wanted, at + wanted.length)) places.push(at);
  return places;
}

test.each([1, 70, 300])('finds what the engine finds (repeated %i times)', (times) => {
  const word = fc.string({ unit: fc.constantFrom('a', 'b', 'é'), minLength: 1, maxLength: 6 });
  fc.assert(
    fc.property(word, word, fc.array(fc.boolean(), { maxLength: 12 }), (one, other, order) => {
      const wanted = `${one.repeat(times)}${other}`;
      const text = order.map((whole) => (whole ? wanted : one.repeat(times + 1))).join('');
      expect(occurrences(text, wanted)).toEqual(plainly(text, wanted));
    }),
  );
});

test('of a long text that repeats itself, in another one, in one pass', () => {
  const half = 'a'.repeat(100_000);
  // The engine's search would take hours.
  expect(occurrences('a'.repeat(20_000_000), `${half}b${half}`)).toEqual([]);
  expect(occurrences(`${half}${half}b${half}`, `${half}b${half}`)).toEqual([half.length]);
});
