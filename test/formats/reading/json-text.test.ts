import fc from 'fast-check';
import { expect, test } from 'vitest';
import { objectStart, valueEnd, ValueEnd } from '../../../src/formats/reading/json-text.js';

test('a value ends with its last bracket, whatever is in its strings and after it', () => {
  const property = fc.property(
    fc.dictionary(fc.string(), fc.jsonValue()),
    fc.string(),
    fc.nat(4),
    (object, rest, indent) => {
      const json = JSON.stringify(object, undefined, indent);
      expect(valueEnd(`->${json}${rest}`, 2)).toBe(json.length + 2);
      const end = new ValueEnd();
      const lines = json.split('\n');
      expect(lines.map((line) => end.find(line) !== undefined)).toEqual(
        lines.map((_, at) => at === lines.length - 1),
      );
    },
  );
  fc.assert(property, { numRuns: 300 });
});

test('a line that ends in a string is torn', () => {
  const end = new ValueEnd();
  expect(end.find('{"execute": "sto')).toBeUndefined();
  expect(end.isTorn).toBe(true);
});

test.each([
  ['-> {"a": 1}', 3],
  ["{x} {'execute': 1}", 4],
  ['{ }', 0],
  ['{', 0],
  ['{a}', -1],
  ['', -1],
])('an object begins in %j at %d', (text, at) => {
  expect(objectStart(text)).toBe(at);
});
