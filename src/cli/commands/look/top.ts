/** `qmptap top`: the VMs that are being recorded, live. */
import { type Command, Option } from 'commander';
import { topColumns, type TopSort, usualSort } from '../../../inspect/top/top-columns.js';
import { topKeys } from '../../../tui/top/top-keys.js';

interface Options {
  json?: boolean;
  once?: boolean;
  sort: TopSort;
}

export function addTopCommand(program: Command): void {
  program
    .command('top')
    .summary('watch the monitors of all VMs that are recorded')
    .description(
      'Watch the monitors of all VMs that are being recorded into a folder: who holds them, what waits.',
    )
    .argument('[dir]', 'the folder (default: where `record` puts its files)')
    .option('--once', 'print what is now, and end; so it does where output is no terminal')
    .option('--json', 'the same, a line of JSON for each monitor')
    .addOption(
      new Option('--sort <column>', 'what to sort by')
        .choices(topColumns.map(({ key }) => key))
        .default(usualSort),
    )
    .addHelpText(
      'after',
      `
Columns:
${topColumns.map(({ key, help }) => `  ${key.padEnd(9)} ${help}`).join('\n')}

Keys:
${topKeys.map(({ keys, help }) => `  ${keys.slice(0, 2).join(', ').padEnd(16)} ${help}`).join('\n')}

A monitor is listed while it has a client and its recording is being written. It only reads.

Examples:
  qmptap top recordings/
  qmptap top recordings/ --once --sort errors
  qmptap top recordings/ --json`,
    )
    .action(async (folder: string | undefined, options: Options) => {
      const { top } = await import('../../look/top.js');
      process.exitCode = await top(folder, {
        json: options.json === true,
        once: options.once === true,
        sort: options.sort,
      });
    });
}
