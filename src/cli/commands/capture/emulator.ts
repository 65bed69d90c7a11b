/** `qmptap emulator`: write an executable for libvirt's `<emulator>`. */
import type { Command } from 'commander';
import { UsageError } from '../../../errors.js';
import { isLimited, limitKinds } from '../../../launch/record/recording-limits.js';
import { addLimitOptions } from '../../capture/limits.js';
import type { EmulatorFlags } from '../../capture/emulator.js';

export function addEmulatorCommand(program: Command): void {
  addLimitOptions(program.command('emulator'))
    .summary('let libvirt record every start of a VM, or play one')
    .description(
      "write an executable for libvirt's <emulator>: records every start of a VM, or plays one back",
    )
    .argument('<file>', 'the executable to write')
    .option('--qemu <bin>', 'the QEMU that it starts')
    .option('--recordings <dir>', 'record: where to; the user that runs QEMU must be able to write there')
    .option('--agent', "record: also the guest agent's channel, into the same file")
    .option('--probe', 'record: also what libvirt asks a QEMU without a VM')
    .option('--replay <recording...>', 'play back these (or folders of them), with no QEMU at all')
    .option('--force', 'replace the file even if qmptap did not write it')
    .addHelpText(
      'after',
      `
Put the path into the VM's XML (virsh edit VM) and start it:
  <emulator>/usr/local/bin/qmptap-qemu</emulator>
--keep counts the recordings of one VM; see \`qmptap record --help\` for it, --max-size and --max-sessions.
\`qmptap doctor VM\` tells what stands in the way. If a recorder cannot start, QEMU starts without.

Examples:
  qmptap emulator /usr/local/bin/qmptap-qemu --qemu /usr/bin/qemu-system-x86_64 \\
    --recordings /var/lib/libvirt/qmptap --keep 20
  qmptap emulator ./no-qemu --replay web1.qmptap --replay probing.qmptap`,
    )
    .action(async (path: string, flags: EmulatorFlags) => {
      const { replay, qemu, recordings, agent = false, probe = false } = flags;
      if ((replay === undefined) === (recordings === undefined)) {
        throw new UsageError('emulator: record or play back? give either --recordings DIR or --replay FILE');
      }
      if (replay !== undefined && (agent || probe || isLimited(flags))) {
        const limits = limitKinds.map(({ flag }) => flag).join(', ');
        throw new UsageError(
          `emulator: --agent, --probe, ${limits} say what to record, and --replay records nothing`,
        );
      }
      if (replay === undefined && qemu === undefined) {
        throw new UsageError('emulator: which QEMU? give --qemu, /usr/bin/qemu-system-x86_64 for example');
      }
      const { emulatorCommand } = await import('../../capture/emulator.js');
      emulatorCommand(path, flags);
    });
}
