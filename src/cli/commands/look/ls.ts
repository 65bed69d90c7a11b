/** `qmptap ls`: the recordings of a folder, or the sessions of a recording. */
import type { Command } from 'commander';

export function addLsCommand(program: Command): void {
  program
    .command('ls')
    .summary('list recordings, or the sessions of one')
    .description('List recordings, or the sessions of one.')
    .argument('[dir|recording]', 'a folder or a recording (default: where `record` puts its files)')
    .option('--json', 'a line of JSON for each')
    .addHelpText(
      'after',
      `
Examples:
  qmptap ls
  qmptap ls recordings/
  qmptap ls boot.qmptap --json`,
    )
    .action(async (path: string | undefined, options: { json?: boolean }) => {
      const { list } = await import('../../look/list.js');
      await list(path, options.json === true);
    });
}
