/** `qmptap ui`: the terminal UI, on a finished recording or one that is still being written. */
import type { Command } from 'commander';

export function addUiCommand(program: Command): void {
  program
    .command('ui')
    .summary('look at a recording in the terminal')
    .description('look at a recording in the terminal, finished or still growing')
    .argument('[recording]', 'a file (default: the newest one where recordings go by themselves)')
    .argument('[filter...]', 'the filter to begin with, as `cmd:block* dur>50ms`')
    .addHelpText(
      'after',
      `
In the list: Enter opens a message, / filters as you type, P shows who holds the monitor, ? all keys,
Q quits. The UI only reads: it can be opened and closed at will while somebody records. Marks and
notes (m and ;) are kept in the recording.

Examples:
  qmptap ui boot.qmptap
  qmptap ui live.qmptap kind:error or 'dur>1s'
  qmptap record --listen /tmp/tap.sock --connect /run/vm/qmp.sock --ui`,
    )
    .action(async (file: string | undefined, filter: string[]) => {
      const { uiCommand } = await import('../../ui/ui.js');
      process.exitCode = await uiCommand(file, filter.join(' '));
    });
}
