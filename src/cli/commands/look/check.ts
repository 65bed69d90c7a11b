/** `qmptap check`: is the file sound, and did both peers keep to the protocol? */
import type { Command } from 'commander';

export function addCheckCommand(program: Command): void {
  program
    .command('check')
    .summary('verify the file, and that both sides keep to the protocol')
    .description('Verify a recording, and report violations of the protocol.')
    .argument('<recording>', 'a file')
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
there are any.

Examples:
  qmptap check boot.qmptap
  qmptap check boot.qmptap --schema probe.qmptap`,
    )
    .action(async (file: string, options: { json?: boolean; schema?: string }) => {
      const { check } = await import('../../look/check.js');
      process.exitCode = check(file, options.json === true, options.schema);
    });
}
