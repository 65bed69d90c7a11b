import { Command } from 'commander';
import { expect, test } from 'vitest';
import { helpSections, namedItem } from '../../../src/cli/man/help-sections.js';

test('the text after the options in its parts', () => {
  const command = new Command('a').addHelpText('after', '\nProse,\ntwo lines.\n\nFormats:\n  b  c\n  d  e f');
  command.addHelpText('after', '\nExamples:\n  a b \\\n    c');
  expect(helpSections(command)).toEqual([
    { title: undefined, lines: ['Prose,', 'two lines.'] },
    { title: 'Formats', lines: ['b  c', 'd  e f'] },
    { title: 'Examples', lines: ['a b \\', '  c'] },
  ]);
  expect(helpSections(new Command('b'))).toEqual([]);
});

test('prose whose first line ends with a colon is prose', () => {
  const command = new Command('a').addHelpText('after', 'Put it here:\n  <x>\nand start it.');
  expect(helpSections(command)).toEqual([
    { title: undefined, lines: ['Put it here:', '  <x>', 'and start it.'] },
  ]);
});

test.each([
  ['jsonl   one object a line', ['jsonl', 'one object a line']],
  ['130, 143  ended', ['130, 143', 'ended']],
  ['an example', undefined],
])('%s', (line, item) => {
  expect(namedItem(line)).toEqual(item);
});
