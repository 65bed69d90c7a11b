/** `qmptap run`: start a QEMU and record the monitors that its own arguments name. */
import type { Command } from 'commander';
import { UsageError } from '../../../errors.js';
import { addLimitOptions } from '../../capture/limits.js';
import type { RunFlags } from '../../capture/run.js';

export function addRunCommand(program: Command): void {
  addLimitOptions(program.command('run'))
    .summary('start a QEMU and record its QMP monitors')
    .description('start a QEMU and record the QMP monitors that its own arguments name')
    .option('-o, --output <file>', 'the recording (default: named by time and the VM, see qmptap record)')
    .option('--force', 'replace the file if it exists')
    .option('--label <text>', "a name for the sessions (default: the VM's)")
    .option('--ui', 'show the terminal UI; quitting it ends the UI, neither QEMU nor the recording')
    .option('--agent', "also record the guest agent's channel")
    .argument('<command...>', 'after --: QEMU and its arguments')
    .addHelpText(
      'after',
      `
Clients connect where QEMU would have listened: -qmp, -qmp-pretty and -mon mode=control on unix, tcp
or stdio, one or several. Ends with QEMU, by its exit code; signals are passed on to it.
--max-size, --max-sessions and --keep are those of qmptap record.

Examples:
  qmptap run -- qemu-system-x86_64 -qmp unix:/tmp/qmp.sock,server=on,wait=off vm.qcow2
  qmptap run -o boot.qmptap -- qemu-system-x86_64 -display none -qmp stdio`,
    )
    .action(async (words: string[], flags: RunFlags) => {
      if (words[0]?.startsWith('-') === true) {
        throw new UsageError(`run: '${words[0]}' is no program; write: qmptap run -- qemu-system-x86_64 ...`);
      }
      const { runCommand } = await import('../../capture/run.js');
      process.exitCode = await runCommand(words, flags);
    });
}
