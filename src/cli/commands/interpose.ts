/**
 * `qmptap interpose`: the recorder that an emulator written by `qmptap emulator` starts. Not for people, so
 * not in the help.
 */
import { type Command } from 'commander';
import type { RecordingLimits } from '../../launch/recording-limits.js';
import { addLimitOptions } from '../limits.js';

export interface InterposeFlags extends RecordingLimits {
  pid?: string;
  qemu?: string;
  recordings: string;
  agent?: boolean;
  shell: string;
  inherited?: string;
  takeOver?: string;
}

export function addInterposeCommand(program: Command): void {
  addLimitOptions(program.command('interpose', { hidden: true }))
    .description('the recorder behind an emulator; started by it alone')
    .requiredOption('--recordings <dir>')
    .requiredOption('--shell <path>')
    .option('--qemu <path>')
    .option('--pid <pid>')
    .option('--agent')
    .option('--inherited <fds>')
    .option('--take-over <state>')
    .argument('[arguments...]')
    .action(async (argv: string[], flags: InterposeFlags) => {
      const { interposeCommand } = await import('../interpose.js');
      await interposeCommand(argv, flags);
    });
}
