/** `qmptap run`: start a QEMU and record the monitors that its own arguments name. */
import type { Command } from 'commander';
import { UsageError } from '../../../errors.js';
import { addLimitOptions } from './limit-options.js';
import type { RunFlags } from '../../capture/run.js';

export function addRunCommand(program: Command): void {
  addLimitOptions(program.command('run'))
    .summary('start a QEMU and record its QMP monitors')
    .description('Start a QEMU and record the QMP monitors that its arguments define.')
    .option('-o, --output <file>', 'the recording to write (default: named by time and VM)')
    .option('--force', 'replace the file if it exists')
    .option('--label <text>', "a name for the sessions (default: the VM's name)")
    .option('--ui', 'show the terminal UI; QEMU and the recording go on when you quit it')
    .option('--agent', "also record the guest agent's channel")
    .argument('<command...>', 'QEMU and its arguments, after --')
    .addHelpText(
      'after',
      `
Clients connect where QEMU would have listened. All monitors of -qmp, -qmp-pretty and -mon mode=control on unix
sockets, TCP or standard input are recorded. Signals are passed on to QEMU; qmptap ends with it and with its exit
code. See \`qmptap record --help\` for --max-size, --max-sessions and --keep.

Examples:
  qmptap run -- qemu-system-x86_64 -qmp unix:/tmp/qmp.sock,server=on,wait=off vm.qcow2
  qmptap run -o boot.qmptap -- qemu-system-x86_64 -display none -qmp stdio`,
    )
    .action(async (words: string[], flags: RunFlags) => {
      if (words[0]?.startsWith('-') === true) {
        throw new UsageError({
          subject: `run ${words[0]}`,
          reason: 'that is an option, not a program',
          remedy: 'write: qmptap run -- qemu-system-x86_64 ...',
        });
      }
      const { runCommand } = await import('../../capture/run.js');
      process.exitCode = await runCommand(words, flags);
    });
}
