import { expect, test } from 'vitest';
import { bytesOfLine, cut } from '../../../src/cli/output/cut.js';
import { frameText } from '../../../src/inspect/format.js';

test.each([
  ['abc', 3, 'abc'],
  ['abcd', 3, 'ab…'],
  ['abcd', 1, '…'],
  ['abcd', 0, ''],
  ['abcd', undefined, 'abcd'],
  ['日本', 4, '日本'],
  ['日本語', 5, '日本…'],
  ['日本語', 4, '日…'],
  ['a日本', 4, 'a日…'],
  ['日本', 1, '…'],
  ['üüü', 2, 'ü…'],
])('%s is cut to %s cells: %s', (text, width, expected) => {
  expect(cut(text, width)).toBe(expected);
});

test.each(['a', 'ü', '日', '\u{1f600}'])('what is left out of a row of %s is told', (character) => {
  const raw = new TextEncoder().encode(character.repeat(100));
  expect(cut(frameText(raw, bytesOfLine(20)), 20)).toMatch(/…$/);
  expect(bytesOfLine(undefined)).toBe(Infinity);
});
