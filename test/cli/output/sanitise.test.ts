import fc from 'fast-check';
import { expect, test } from 'vitest';
import { forTerminal, unicodeEscape } from '../../../src/cli/output/sanitise.js';

test('our colours pass, everything else that a terminal obeys is escaped', () => {
  expect(forTerminal('\u001b[31mred\u001b[0m\n')).toBe('\u001b[31mred\u001b[0m\n');
  expect(forTerminal('\u001b[2J')).toBe('\\u001b[2J');
  expect(forTerminal('\u001b]0;title\u0007')).toBe('\\u001b]0;title\\u0007');
  expect(forTerminal('a\rb\u009bc')).toBe('a\\rb\\u009bc');
});

test('whatever the text is, no control character is left but line feeds and colours', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      const left = forTerminal(text).replaceAll(/\u001b\[[\d;]*m|\n/g, '');
      expect(left).not.toMatch(/[\p{Cc}\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/u);
    }),
  );
});

test('an escape is that of JSON', () => {
  expect(JSON.parse(`"${unicodeEscape('\u001b')}${unicodeEscape('é')}"`)).toBe('\u001bé');
});
