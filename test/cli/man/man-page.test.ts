/** The man page of every command: it says all that the help says, in sound roff. */
import { execFileSync, spawnSync } from 'node:child_process';
import { describe, expect } from 'vitest';
import { createProgram } from '../../../src/cli/program.js';
import { helpSections } from '../../../src/cli/man/help-sections.js';
import { withSubcommands, wordsOf } from '../../../src/cli/man/man-page.js';
import { labTest } from '../../support/programs.js';

const commands = withSubcommands(createProgram()).map((command) => ({
  name: wordsOf(command).join('-'),
  command,
}));

describe.each(commands.map(({ name, command }) => [name, command] as const))('%s(1)', (name, command) => {
  const path = `dist/man/${name}.1`;

  labTest('man')('shows the options, the arguments and the examples of the help', () => {
    const env = { ...process.env, LC_ALL: 'C.UTF-8', MANWIDTH: '1000', MAN_KEEP_FORMATTING: '' };
    const shown = execFileSync('man', ['-l', path], { encoding: 'utf8', env });
    const help = command.createHelp();
    const terms = [
      command.summary(),
      command.description(),
      ...help.visibleOptions(command).flatMap((option) => [option.flags, help.optionDescription(option)]),
      ...help.visibleArguments(command).map((argument) => help.argumentDescription(argument)),
      ...helpSections(command).flatMap(({ lines }) => lines.map((line) => line.trim())),
    ];
    // A page fills its lines anew, and sets its code in bold.
    const plain = (text: string): string => text.replaceAll('`', '').replaceAll(/\s+/g, ' ').trim();
    const page = plain(shown);
    expect(terms.map(plain).filter((term) => !page.includes(term))).toEqual([]);
  });

  labTest('groff', 'mandoc')('gives no formatter a warning', () => {
    const groff = spawnSync('groff', ['-man', '-ww', '-z', path], { encoding: 'utf8' });
    expect(groff.stderr + groff.stdout).toBe('');
    // A page that is the same for the same version has no date.
    const { stdout } = spawnSync('mandoc', ['-T', 'lint', '-W', 'warning', path], { encoding: 'utf8' });
    expect(stdout.split('\n').filter((line) => line !== '' && !/missing date/.test(line))).toEqual([]);
  });
});
