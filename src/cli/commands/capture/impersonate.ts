/**
 * `qmptap impersonate`: the recorded QEMU that an emulator written by `qmptap emulator --replay` becomes. Not
 * for people, so not in the help.
 */
import type { Command } from 'commander';
import type { ImpersonateFlags } from '../../capture/impersonate.js';

export function addImpersonateCommand(program: Command): void {
  program
    .command('impersonate', { hidden: true })
    .description('the recorded QEMU behind an emulator; started by it alone')
    .requiredOption('--replay <path...>')
    .option('--daemon')
    .argument('[arguments...]')
    .action(async (argv: string[], flags: ImpersonateFlags) => {
      const { impersonateCommand } = await import('../../capture/impersonate.js');
      await impersonateCommand(argv, flags);
    });
}
