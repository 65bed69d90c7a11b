/** `qmptap ui`: the terminal UI, on a finished recording or one that is still being written. */
import type { Command } from 'commander';
import { filterHelp } from '../../../inspect/filter/help.js';
import { mergedHelp, moreHelp, sourceHelp } from './source-argument.js';

export function addUiCommand(program: Command): void {
  program
    .command('ui')
    .summary('browse a recording in the terminal')
    .description('Browse a recording in the terminal, finished or still being written.')
    .argument('[recording]', `${sourceHelp} (default: the newest one where \`record\` puts its files)`)
    .argument('[recording|filter...]', moreHelp)
    .addHelpText(
      'after',
      `
In the list: Enter opens a message, / filters as you type, P lists what keeps the monitor busy, ? lists all keys,
Q quits. The UI only reads: open and close it at will while a recorder runs. Marks and
notes (m and ;) are kept in the recording.

${mergedHelp}

Filter:
${filterHelp()}

Examples:
  qmptap ui boot.qmptap
  qmptap ui live.qmptap kind:error or 'dur>1s'
  qmptap ui recordings kind:error
  qmptap record --listen /tmp/tap.sock --connect /run/vm/qmp.sock --ui`,
    )
    .action(async (file: string | undefined, words: string[]) => {
      const { uiCommand } = await import('../../ui/ui.js');
      const { sourceWords } = await import('../../files/source-words.js');
      const { paths, filter } = file === undefined ? { paths: [], filter: '' } : sourceWords(file, words);
      process.exitCode = await uiCommand(paths, filter);
    });
}
