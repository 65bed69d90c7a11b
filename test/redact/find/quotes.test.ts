import fc from 'fast-check';
import { expect, test } from 'vitest';
import { closingQuote, OpenQuotes, quoteLevel } from '../../../src/redact/find/quotes.js';

test('a string ends where it was quoted to, however often the text is quoted', () => {
  const inner = fc.string({ unit: fc.constantFrom('a', '"', '\\', ' ') });
  fc.assert(
    fc.property(inner, fc.integer({ min: 0, max: 4 }), (value, level) => {
      // Quoted so often, each time without the quotes around.
      let text = `${JSON.stringify(value)},"b"`;
      let content = JSON.stringify(value).slice(1, -1);
      for (let n = 0; n < level; n++) {
        text = JSON.stringify(text).slice(1, -1);
        content = JSON.stringify(content).slice(1, -1);
      }
      const backslashes = 2 ** level - 1;
      const start = backslashes + 1;
      expect(quoteLevel(backslashes)).toBe(level);
      expect(text.slice(start, closingQuote(text, start, '"', backslashes))).toBe(content);
    }),
  );
});

test('a string that is not closed goes to the end', () => {
  expect(closingQuote('"abc', 1, '"', 0)).toBe(4);
});

test('what is inside quotes', () => {
  const text = `a "b c" 'd' e`;
  const quotes = new OpenQuotes(text);
  expect([0, 3, 8, 9, 12].map((place) => quotes.at(place))).toEqual([false, true, false, true, false]);
});
