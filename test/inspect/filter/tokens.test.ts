import fc from 'fast-check';
import { expect, test } from 'vitest';
import { UsageError } from '../../../src/errors.js';
import { tokenizeFilter } from '../../../src/inspect/filter/tokens.js';
import { filterText } from './texts.js';

test('words, terms, texts, regular expressions and parentheses, with their places', () => {
  expect(tokenizeFilter('(a dur>=5ms) label:"b c" "d" /e/i')).toMatchObject([
    { type: '(', start: 0, end: 1 },
    { type: 'word', text: 'a', start: 1, end: 2 },
    { type: 'term', key: 'dur', is: '>=', text: '5ms', quoted: false, start: 3, valueStart: 8, end: 11 },
    { type: ')', start: 11, end: 12 },
    { type: 'term', key: 'label', is: ':', text: 'b c', quoted: true, start: 13, valueStart: 19, end: 24 },
    { type: 'text', text: 'd', start: 25, end: 28 },
    { type: 'regex', text: 'e', ignoreCase: true, start: 29, end: 33 },
  ]);
});

test('tokens come in order, and between them is white space', () => {
  fc.assert(
    fc.property(filterText, (text) => {
      let tokens;
      try {
        tokens = tokenizeFilter(text);
      } catch (error) {
        expect(error).toBeInstanceOf(UsageError);
        return;
      }
      let reached = 0;
      for (const { start, end } of tokens) {
        expect(text.slice(reached, start).trim()).toBe('');
        expect(end).toBeGreaterThan(start);
        reached = end;
      }
      expect(text.slice(reached).trim()).toBe('');
    }),
  );
});
