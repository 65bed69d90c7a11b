import fc from 'fast-check';
import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { bashWord, type Quote, typedLine } from '../../../src/cli/completion/shell-words.js';

test.each([
  ['qmptap show a', ['qmptap', 'show'], 'a', ''],
  ['qmptap show ', ['qmptap', 'show'], '', ''],
  ["qmptap show 'a b' c", ['qmptap', 'show', 'a b'], 'c', ''],
  ['show a\\ b', ['show'], 'a b', ''],
  ['show "a \\"b\\" \\x', ['show'], 'a "b" \\x', '"'],
  ["show it's\\", ['show'], 'its\\', "'"],
  ["show ''", ['show'], '', ''],
  ['show a\\', ['show'], 'a', ''],
] as const)('%s', (line, words, last, quote) => {
  expect(typedLine(line)).toMatchObject({ words, last, quote });
});

test('a variable or a command in the last word is left to the shell', () => {
  expect(typedLine('show $HOME/a').expands).toBe(true);
  expect(typedLine('show "`pwd`').expands).toBe(true);
  expect(typedLine("show '$HOME").expands).toBe(false);
  expect(typedLine('show $A b').expands).toBe(false);
});

test('bash reads a word as it was meant, in any quotes, and so do we', () => {
  const word = fc.string({
    unit: fc.constantFrom(...Array.from('abz09 \t!"#$%&\'()*+,-./:;<=>?@[\\]^_`{|}~é€😀')),
    minLength: 1,
  });
  const words = fc.sample(fc.tuple(word, fc.constantFrom<Quote>('', "'", '"')), { numRuns: 300, seed: 1 });
  const written = words.map(([text, quote]) => quote + bashWord(text, quote) + quote);
  const read = execFileSync('bash', ['-c', `printf '%s\\0' ${written.join(' ')}`], { env: { HOME: '~' } });
  expect(read.toString().split('\0').slice(0, -1)).toEqual(words.map(([text]) => text));
  expect(typedLine(written.join(' ')).words).toEqual(words.slice(0, -1).map(([text]) => text));
});
