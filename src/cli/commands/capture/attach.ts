/** `qmptap attach`: put a recorder in front of a server that runs, at its own path. */
import type { Command } from 'commander';
import { UsageError } from '../../../errors.js';
import type { AttachFlags } from '../../capture/attach.js';
import { createLogger, type LogFlags } from '../../output/log.js';
import { addRecorderOptions, checkRecorderFlags } from './recorder-options.js';

export function addAttachCommand(program: Command): void {
  addRecorderOptions(
    program
      .command('attach')
      .summary('record a VM that runs, at its own socket')
      .description(
        'put a recorder in front of a server that runs, at the path of its own socket, and take it away again',
      )
      .argument(
        '[target]',
        "a socket's path, a libvirt domain (name, UUID, id), incus:NAME or a Proxmox VMID",
      )
      .option('--pid <pid>', 'instead of a target: the QEMU that is this process', processNumber)
      .option('-c, --connect <uri>', "libvirt's connection URI (default: what virsh would use)")
      .option('--agent', "also the guest agent's channel; with a path: the path is the agent's")
      .option(
        '--restart-daemon',
        'libvirt: restart its daemon, so that it connects anew, and again at the end',
      )
      .option('--now', 'at the end cut off the sessions that run, rather than relay them to their own ends')
      .option('--undo', 'repair the path of an attach that was killed, and end'),
  )
    .addHelpText(
      'after',
      `
The server's socket and a socket of qmptap's change places in one step (renameat2). Who is connected already
stays so, unrecorded; who connects next is recorded. Ctrl-C puts the server's socket back and waits for the
sessions that run. A path that is a socket of QEMU's or of the guest agent's will do; a TCP monitor has none.

libvirt connects once, when a VM starts or its daemon does: the VM is recorded from the daemon's next start on,
which does not touch VMs. Nothing is restarted unless --restart-daemon says so.

Examples:
  qmptap attach /run/vm/qmp.sock -o vm.qmptap
  qmptap attach web1 --restart-daemon --ui
  qmptap attach --pid 4711 --json
  qmptap attach --undo /run/vm/qmp.sock`,
    )
    .action(async (target: string | undefined, flags: AttachFlags, command: Command) => {
      checkRecorderFlags(flags);
      const log = createLogger(command.optsWithGlobals<LogFlags>());
      const { attachCommand, undoCommand } = await import('../../capture/attach.js');
      process.exitCode = flags.undo
        ? await undoCommand(target, flags, log)
        : await attachCommand(target, flags, log);
    });
}

/** @throws UsageError */
function processNumber(text: string): number {
  if (/^[1-9]\d{0,9}$/.test(text)) return Number(text);
  throw new UsageError(`--pid ${text}: that is no process number`);
}
