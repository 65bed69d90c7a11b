import { Argument, Command, Option } from 'commander';
import { expect, test } from 'vitest';
import { suggest } from '../../../src/cli/completion/suggest.js';

function program(): Command {
  const top = new Command('tool').version('1').option('--loud', 'tell more');
  top
    .command('show')
    .argument('<recording>')
    .argument('[filter...]')
    .option('-f, --follow', 'go on')
    .option('--pacing <asap|x10>', 'how fast')
    .option('--from <recording...>', 'several')
    .addOption(new Option('--secret').hideHelp());
  top.command('run').argument('<command...>', 'a program');
  top.command('say').addArgument(new Argument('<how>').choices(['high', 'low']));
  top.command('inner', { hidden: true });
  top.command('play').command('server').argument('[file]');
  return top;
}

/** The last word is the one that is typed. */
function texts(...words: string[]): string[] {
  const typed = words.pop() ?? '';
  return suggest(program(), words, typed).items.map(({ text }) => text);
}

function kinds(...words: string[]): readonly string[] {
  const typed = words.pop() ?? '';
  return suggest(program(), words, typed).kinds;
}

test('commands first, those that are hidden never', () => {
  expect(texts('')).toEqual(['show', 'run', 'say', 'play', 'help']);
  expect(texts('s')).toEqual(['show', 'say']);
  expect(texts('play', '')).toEqual(['server', 'help']);
  expect(texts('help', '')).toEqual(['show', 'run', 'say', 'play']);
});

test('options where a dash was typed, those around the command too; a flag that was given is not offered again', () => {
  expect(texts('show', '-')).toEqual(['--follow', '--pacing', '--from', '--help', '--loud']);
  expect(texts('show', '-f', '--loud', '-')).toEqual(['--pacing', '--from', '--help']);
  expect(texts('show', '--f')).toEqual(['--follow', '--from']);
  expect(texts('show', '--', '-')).toEqual([]);
});

test('values by their choices, or by the words in the placeholder', () => {
  expect(texts('say', '')).toEqual(['high', 'low']);
  expect(texts('show', '--pacing', '')).toEqual(['asap', 'x10']);
  expect(texts('show', '--pacing=x')).toEqual(['--pacing=x10']);
  expect(texts('show', '--pacing=asap', 'a', '')).toEqual([]);
});

test('kinds by the placeholder; an option that takes several takes them until the next option', () => {
  expect(kinds('show', '')).toEqual(['recording']);
  expect(kinds('show', 'a', 'b', '')).toEqual(['filter']);
  expect(kinds('show', 'a', '--from', 'b', '')).toEqual(['recording']);
  expect(kinds('show', 'a', '--from', 'b', '--follow', '')).toEqual(['filter']);
  expect(kinds('play', 'server', '')).toEqual(['file']);
  expect(suggest(program(), ['show', '--from', 'x', '-f', 'a'], '').recording).toBe('a');
});

test('a command of the user’s begins after --, and what follows is its own', () => {
  expect(texts('run', '')).toContain('--');
  expect(kinds('run', '')).toEqual([]);
  expect(kinds('run', '--', '')).toEqual(['command']);
  expect(kinds('run', '--', 'cat', '-')).toEqual(['command']);
  expect(texts('run', '--', 'show', '')).toEqual([]);
});
