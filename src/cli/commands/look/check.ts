/** `qmptap check`: is the file sound, and did both peers keep to the protocol? */
import type { Command } from 'commander';

export function addCheckCommand(program: Command): void {
  program
    .command('check')
    .summary('is the file sound, did both keep to the protocol?')
    .description('verify a recording, and report violations of the protocol')
    .argument('<recording>', 'a file')
    .option('--json', 'one JSON object a finding, and one at the end')
    .option(
      '--schema <recording>',
      'check commands by the schema in this recording, where the first has none',
    )
    .addHelpText(
      'after',
      `
Verifies the file's integrity, that the frames of each direction add up to the bytes that passed, and how
responses pair with commands; reports what broke the protocol, with the message's number.
Ends with 3 if something did.

Examples:
  qmptap check boot.qmptap
  qmptap check boot.qmptap --schema probe.qmptap`,
    )
    .action(async (file: string, options: { json?: boolean; schema?: string }) => {
      const { check } = await import('../../look/check.js');
      process.exitCode = check(file, options.json === true, options.schema);
    });
}
