/**
 * `qmptap interpose`: the recorder that an emulator written by `qmptap emulator` starts. Not for people, so
 * not in the help.
 */
import { type Command } from 'commander';
import { addLimitOptions } from './limit-options.js';
import type { InterposeFlags } from '../../capture/interpose.js';

export function addInterposeCommand(program: Command): void {
  addLimitOptions(program.command('interpose', { hidden: true }))
    .description('the recorder behind an emulator; started by it alone')
    .requiredOption('--recordings <dir>')
    .requiredOption('--shell <path>')
    .option('--qemu <path>')
    .option('--pid <pid>')
    .option('--agent')
    .option('--inherited <fds>')
    .option('--standard <fds>')
    .option('--log <fd>')
    .option('--take-over <state>')
    .option('--unrecorded')
    .argument('[arguments...]')
    .action(async (argv: string[], flags: InterposeFlags) => {
      const { interposeCommand } = await import('../../capture/interpose.js');
      await interposeCommand(argv, flags);
    });
}
