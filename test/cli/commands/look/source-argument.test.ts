import { expect, test } from 'vitest';
import { mergedHelp, sourceHelp } from '../../../../src/cli/commands/look/source-argument.js';
import { createProgram } from '../../../../src/cli/program.js';

test('each command that reads a source says so in the same words', () => {
  const program = createProgram();
  const commands = ['show', 'stats', 'stories', 'ui', 'export', 'check'];
  for (const name of commands) {
    const command = program.commands.find((one) => one.name() === name);
    expect(command?.registeredArguments[0]?.description, name).toContain(sourceHelp);
  }
  expect(mergedHelp).toContain('merged by wall clock');
});
