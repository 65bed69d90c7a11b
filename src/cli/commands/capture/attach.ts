/** `qmptap attach`: put a recorder in front of a server that runs, at its own path. */
import type { Command } from 'commander';
import { UsageError } from '../../../errors.js';
import { type AttachFlags, logCost } from '../../capture/attach/attach-flags.js';
import { createLogger, type LogFlags } from '../../output/log.js';
import { addRecorderOptions, checkRecorderFlags } from './recorder-options.js';

export function addAttachCommand(program: Command): void {
  addRecorderOptions(
    program
      .command('attach')
      .summary('record a running VM at its own socket')
      .description(
        'Put a recorder in front of a running server, at the path of its own socket, and take it away again.',
      )
      .argument(
        '[target]',
        "a socket's path, a libvirt domain (name, UUID, id), incus:NAME or a Proxmox VMID",
      )
      .option('--pid <pid>', 'instead of a target: the process ID of a QEMU', processNumber)
      .option('-c, --connect <uri>', "libvirt's connection URI (default: what virsh would use)")
      .option('--agent', "also record the guest agent's channel; with a path: the path is the agent's")
      .option('--restart-daemon', 'restart the libvirt daemon so that it reconnects, and again at the end')
      .option(
        '--log',
        "read the running libvirt's own debug log instead: nothing is put in front or restarted",
      )
      .option('--own-monitor', 'record a second monitor, made for qmptap in the running QEMU (11.1 or newer)')
      .option('--now', 'at the end, disconnect open sessions instead of waiting for them')
      .option('--undo', 'restore what an attach that was killed has left, and end'),
  )
    .addHelpText(
      'after',
      `
The server's socket and one of qmptap swap places in one step (renameat2). Clients that are connected stay
connected and are not recorded; new connections are. Ctrl-C puts the server's socket back and waits for open
sessions to end. The target must have a unix socket with a path; a TCP monitor has none.

libvirt connects only when a VM or its daemon starts, so the VM is recorded from the daemon's next start on.
Restarting the daemon does not touch VMs. qmptap restarts it only with --restart-daemon.

With --log a running libvirt logs more (virt-admin), to a file of its own that qmptap reads and removes. Messages are
reconstructed, with times to the millisecond. libvirt writes each message of all of its VMs to the disk, and some ${logCost}
beside it; what was read is freed. At the end, and after a crash, its filters and outputs are what they were.

With --own-monitor the client's connection is not touched: QEMU makes a second monitor, which tells all events and
takes commands of yours (--ui --allow-send), and is taken away at the end. libvirt marks the VM as tainted for that.

Examples:
  qmptap attach /run/vm/qmp.sock -o vm.qmptap
  qmptap attach web1 --restart-daemon --ui
  qmptap attach web1 --log --json
  qmptap attach --pid 4711 --json
  qmptap attach --undo /run/vm/qmp.sock`,
    )
    .action(async (target: string | undefined, flags: AttachFlags, command: Command) => {
      checkRecorderFlags(flags);
      const log = createLogger(command.optsWithGlobals<LogFlags>());
      if (flags.undo) {
        const { undoCommand } = await import('../../capture/attach/undo.js');
        process.exitCode = await undoCommand(target, flags, log);
      } else {
        const { attachCommand } = await import('../../capture/attach/attach.js');
        process.exitCode = await attachCommand(target, flags, log);
      }
    });
}

/** @throws UsageError */
function processNumber(text: string): number {
  if (/^[1-9]\d{0,9}$/.test(text)) return Number(text);
  throw new UsageError({
    subject: `--pid ${text}`,
    reason: 'not the ID of a process',
    remedy: '`pgrep -a qemu` lists them',
  });
}
