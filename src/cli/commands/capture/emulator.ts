/** `qmptap emulator`: write an executable for libvirt's `<emulator>`. */
import type { Command } from 'commander';
import { UsageError } from '../../../errors.js';
import { isLimited, limitKinds } from '../../../launch/record/recording-limits.js';
import { addLimitOptions } from './limit-options.js';
import type { EmulatorFlags } from '../../capture/emulator.js';

export function addEmulatorCommand(program: Command): void {
  addLimitOptions(program.command('emulator'))
    .summary('let libvirt record every start of a VM, or replay one')
    .description(
      "Write an executable for libvirt's <emulator> that records every start of a VM, or replays a recorded one.",
    )
    .argument('<file>', 'the executable to write')
    .option('--qemu <bin>', 'the QEMU to start')
    .option(
      '--recordings <dir>',
      'record into this folder; the user that runs QEMU must be able to write there',
    )
    .option('--agent', "also record the guest agent's channel, into the same file")
    .option('--probe', 'also record what libvirt asks QEMU to find out what it can do')
    .option('--replay <recording...>', 'replay these recordings or folders of recordings; no QEMU runs')
    .option(
      '--for-root <dir>',
      'write it into this root file system, of an image for example; all paths are as seen in there',
    )
    .option('--force', 'replace the file even if qmptap did not write it')
    .addHelpText(
      'after',
      `
Put the path into the VM's XML (virsh edit VM) and start it:
  <emulator>/usr/local/bin/qmptap-qemu</emulator>
See \`qmptap record --help\` for --max-size, --max-sessions and --keep, which counts the recordings of one VM.
\`qmptap doctor VM\` says what is missing. If the recorder cannot start, QEMU starts without it.
Of several recordings, --replay plays the newest of the VM's name and of the same kind of start (-incoming, -loadvm
or neither); the VM's log names it.

Examples:
  qmptap emulator /usr/local/bin/qmptap-qemu --qemu /usr/bin/qemu-system-x86_64 \\
    --recordings /var/lib/libvirt/qmptap --keep 20
  qmptap emulator ./no-qemu --replay web1.qmptap --replay probing.qmptap
  qmptap emulator /opt/tap/qemu --for-root ./image --qemu /usr/libexec/qemu-kvm --recordings /opt/tap/recordings`,
    )
    .action(async (path: string, flags: EmulatorFlags) => {
      const { replay, qemu, recordings, agent = false, probe = false } = flags;
      if ((replay === undefined) === (recordings === undefined)) {
        throw new UsageError({
          subject: 'emulator',
          reason: 'it either records or replays',
          remedy: 'give one of --recordings DIR and --replay FILE',
        });
      }
      if (replay !== undefined && (agent || probe || isLimited(flags))) {
        const limits = limitKinds.map(({ flag }) => flag).join(', ');
        throw new UsageError({
          subject: 'emulator --replay',
          reason: 'it records nothing',
          remedy: `leave out --agent, --probe, ${limits}`,
        });
      }
      if (replay === undefined && qemu === undefined) {
        throw new UsageError({
          subject: 'emulator',
          reason: 'the QEMU to start is not given',
          remedy: 'give --qemu, /usr/bin/qemu-system-x86_64 for example',
        });
      }
      const { emulatorCommand } = await import('../../capture/emulator.js');
      emulatorCommand(path, flags);
    });
}
