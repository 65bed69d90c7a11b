import fc from 'fast-check';
import { expect, test } from 'vitest';
import { wrapped } from '../../src/text/wrap.js';

test('between words, indented; a word that is too long is cut', () => {
  expect(wrapped('one two three four', 10, 2)).toEqual(['one two', '  three', '  four']);
  expect(wrapped('abcdefghijklmnop', 10, 2)).toEqual(['abcdefghij', '  klmnop']);
  expect(wrapped('one two', undefined, 2)).toEqual(['one two']);
  expect(wrapped('one two three', 4, 2)).toEqual(['one two three']);
});

test('no line is longer, and no word is lost', () => {
  fc.assert(
    fc.property(fc.array(fc.stringMatching(/^[a-z]{1,9}$/), { maxLength: 30 }), (words) => {
      const lines = wrapped(words.join(' '), 20, 4);
      expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(20);
      expect(lines.join(' ').split(/ +/).filter(Boolean)).toEqual(words);
    }),
  );
});
