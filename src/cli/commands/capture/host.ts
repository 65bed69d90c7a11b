/** `qmptap host`: one recorder for all VMs of a machine. */
import { type Command } from 'commander';
import type { HostFlags, LeaveFlags } from '../../capture/host/host.js';
import type { InstallFlags, UninstallFlags } from '../../capture/host/host-install.js';
import type { HoldFlags } from '../../capture/host/host-holder.js';
import { serviceRecordings } from '../../../launch/host/install/service-unit.js';
import { hostLimitKinds } from '../../../launch/record/recording-limits.js';
import { createLogger, type LogFlags } from '../../output/log.js';
import { collect } from '../values.js';
import { addLimitOptions } from './limit-options.js';
import { checkRedactFlags } from './recorder-options.js';

export function addHostCommand(program: Command): void {
  const host = addLimitOptions(
    program
      .command('host')
      .summary('record all VMs of this machine')
      .description(
        'Record every VM of this machine in a series of recordings of its own: those that run, and those that start.',
      ),
    hostLimitKinds,
  )
    .option('--recordings <dir>', 'where the recordings go (default: as of qmptap record)')
    .option('--watch <glob>', "other sockets, such as '/run/vm/*/qmp.sock'", collect, [])
    .option('--include <glob>', 'record only VMs of this name', collect, [])
    .option('--exclude <glob>', 'do not record VMs of this name', collect, [])
    .option('--no-agent', 'leave the channels of guest agents alone')
    .option('--durable', 'write bytes to disk before passing them on (slow)')
    .option('--redact', 'replace secrets before anything is written; see `qmptap redact --help`')
    .option('--rule <rule>', 'with --redact: another secret, path:arguments.opaque or key:token', collect, [])
    .option('--json', 'print a line of JSON whenever the state of a VM changes')
    .addHelpText(
      'after',
      `
qmptap finds the monitors and guest agents of libvirt (the system's and your session's), Incus and Proxmox by
the folders of their sockets, and puts a socket of its own in each one's place, as \`qmptap attach\` does. A VM that
starts is recorded from its first byte. A VM that runs is recorded from the next connection on: libvirt's when its
daemon starts anew, which leaves VMs alone (systemctl restart libvirtd).

Ctrl-C gives all paths back and waits until the sessions that run are over; a second one leaves them to a host in the
background. A kill -9 ends no VM: another process holds all sockets, and starts the host again.

Examples:
  qmptap host
  qmptap host --recordings /srv/qmp --keep 10 --max-size 100M --exclude 'test-*'
  qmptap host --watch '/run/vm/*/qmp.sock' --json
  qmptap host leave`,
    )
    .action(async (flags: HostFlags, command: Command) => {
      checkRedactFlags(flags);
      const { hostCommand } = await import('../../capture/host/host.js');
      process.exitCode = await hostCommand(flags, createLogger(command.optsWithGlobals<LogFlags>()));
    });
  host
    .command('install')
    .summary('write a service of systemd')
    .description(
      "Write a systemd unit, and a hook of libvirt's that lets a new VM's socket be taken in time.",
    )
    .option('--print', 'print the files instead')
    .option('--root <dir>', 'write below this folder, to make a package', '/')
    .addHelpText(
      'after',
      `
The service has the flags of \`qmptap host\` that are given here, and records into ${serviceRecordings} without
--recordings. Nothing is started: what to do next is said. The hook lets a VM start after a second at most, whatever
the host does.

Examples:
  qmptap host install --print
  qmptap host install --keep 10 --max-size 100M
  qmptap host install --exclude 'test-*' --print`,
    )
    .action(async (_: unknown, command: Command) => {
      // Flags that its parent knows are the parent's, wherever they stand.
      const flags = command.optsWithGlobals<InstallFlags>();
      checkRedactFlags(flags);
      const { installCommand } = await import('../../capture/host/host-install.js');
      installCommand(flags);
    });
  host
    .command('uninstall')
    .summary('remove the service')
    .description('Remove what `qmptap host install` has written. The host has to leave before.')
    .option('--root <dir>', 'below this folder', '/')
    .addHelpText(
      'after',
      `
Examples:
  qmptap host uninstall`,
    )
    .action(async (flags: UninstallFlags) => {
      const { uninstallCommand } = await import('../../capture/host/host-install.js');
      await uninstallCommand(flags);
    });
  host
    .command('leave')
    .summary('give all sockets back')
    .description('Have the host that runs give all paths back. It ends with the last session.')
    .option('--recordings <dir>', 'where that host records (default: as of qmptap record)')
    .addHelpText(
      'after',
      `
Sessions that run go on and are recorded to their end. libvirt's last until its daemon starts anew.

Examples:
  qmptap host leave
  qmptap host leave --recordings /srv/qmp`,
    )
    .action(async (flags: LeaveFlags, command: Command) => {
      const { leaveCommand } = await import('../../capture/host/host.js');
      const parent = host.opts<LeaveFlags>();
      await leaveCommand({ ...parent, ...flags }, createLogger(command.optsWithGlobals<LogFlags>()));
    });
  host
    .command('hold', { hidden: true })
    .description('holds the sockets of a host; started by it alone')
    .requiredOption('--address <path>')
    .requiredOption('--pid <pid>')
    .argument('<command...>')
    .action(async (command: [string, ...string[]], flags: HoldFlags) => {
      const { holdCommand } = await import('../../capture/host/host-holder.js');
      await holdCommand(command, flags);
    });
}
