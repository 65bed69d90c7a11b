/** `qmptap check`: verifies the file, and that both peers kept to the protocol. */
import type { Command } from 'commander';
import { sourceHelp } from './source-argument.js';

export function addCheckCommand(program: Command): void {
  program
    .command('check')
    .summary('verify the file, and that both sides keep to the protocol')
    .description('Verify a recording, and report violations of the protocol.')
    .argument('<recording...>', sourceHelp)
    .option('--json', 'a line of JSON for each finding, and one at the end')
    .option(
      '--schema <recording>',
      'check commands against the schema in this recording if the first has none',
    )
    .addHelpText(
      'after',
      `
Verifies that the file is intact, that the frames of each direction add up to the bytes that passed, and that
responses match commands. Reports violations of the protocol with the message's number, and ends with 3 if
there are any. Of several recordings, and those of a folder, each is verified by itself; with one that cannot be read
the rest goes on, and the command ends with 1.

Examples:
  qmptap check boot.qmptap
  qmptap check boot.qmptap --schema probe.qmptap
  qmptap check recordings/`,
    )
    .action(async (paths: string[], options: { json?: boolean; schema?: string }) => {
      const { check } = await import('../../look/check.js');
      process.exitCode = check(paths, options.json === true, options.schema);
    });
}
