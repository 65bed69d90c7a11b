/** `qmptap schema`: the commands and events of a server, from the schema in the recording. */
import type { Command } from 'commander';
import { sessionNumber } from '../values.js';

interface Options {
  session?: number;
  json?: boolean;
}

export function addSchemaCommand(program: Command): void {
  const schema = program
    .command('schema')
    .helpCommand(false)
    .summary("show the server's commands and events with their types")
    .description("Show commands and events with their types, from the recording's own query-qmp-schema.")
    .argument(
      '<recording>',
      'a recording with a response to query-qmp-schema, which libvirt asks when it probes a QEMU',
    )
    .argument('[name]', 'a command or an event (default: list all)')
    .option('-s, --session <n>', 'the server of this session', sessionNumber)
    .option('--json', 'print JSON')
    .addHelpText(
      'after',
      `
Examples:
  qmptap schema boot.qmptap blockdev-backup
  qmptap schema boot.qmptap | grep deprecated
  qmptap schema diff qemu-7.2.qmptap qemu-10.0.qmptap`,
    )
    .action(async (file: string, name: string | undefined, options: Options) => {
      const { showSchema } = await import('../../look/schema.js');
      showSchema(file, name, options.session, options.json === true);
    });
  schema
    .command('diff')
    .summary('compare the schemas of two servers')
    .description('Compare the schemas of two servers.')
    .argument('<recording>', 'a file')
    .argument('<other>', 'another recording')
    .option('--json', 'one JSON object')
    .addHelpText(
      'after',
      `
A type that several commands share is told at the first that reaches it. arguments(driver=file).size is the
member size that is there where driver is file. Ends with 3 if there is a difference.

Example:
  qmptap schema diff qemu-7.2.qmptap qemu-10.0.qmptap`,
    )
    .action(async (a: string, b: string, _: unknown, command: Command) => {
      const { diffSchemaFiles } = await import('../../look/schema.js');
      // An option that both commands have is given to the outer one.
      process.exitCode = diffSchemaFiles(a, b, command.optsWithGlobals<Options>().json === true);
    });
}
