/** `qmptap doctor`: what keeps an emulator from recording. */
import type { Command } from 'commander';
import { UsageError } from '../../../errors.js';
import type { DoctorFlags } from '../../capture/doctor.js';

export function addDoctorCommand(program: Command): void {
  program
    .command('doctor')
    .summary('check whether recording under libvirt can work')
    .description(
      'Check everything that an emulator needs under libvirt, and say which line to change; or try a host.',
    )
    .argument('[vm|file]', "a VM's name, or the path of an emulator")
    .option(
      '--try',
      'start a VM without a disk through libvirt, see whether the host records it, and destroy it',
    )
    .option('--recordings <dir>', 'with --try: where the host records (default: as of qmptap host)')
    .option('-c, --connect <uri>', "libvirt's connection URI (default: what virsh would use)")
    .addHelpText(
      'after',
      `
Checks as the user that libvirt runs QEMU as; as root it really tries. Ends with 1 if something is missing.

--try proves that \`qmptap host\` records what libvirt starts: by a VM without a disk, whose processor does not run, and
which is destroyed in the end, also after Ctrl-C. Its recording stays.

Examples:
  qmptap doctor web1
  qmptap doctor --connect qemu:///session web1
  qmptap doctor /usr/local/bin/qmptap-qemu
  qmptap doctor --try`,
    )
    .action(async (subject: string | undefined, flags: DoctorFlags) => {
      if ((subject === undefined) !== (flags.try === true)) {
        const reason = subject === undefined ? 'what is to be checked?' : '--try checks no VM that is there';
        throw new UsageError({
          subject: 'doctor',
          reason,
          remedy: "give a VM's name, a path, or only --try",
        });
      }
      const { doctorCommand, tryCommand } = await import('../../capture/doctor.js');
      process.exitCode =
        subject === undefined ? await tryCommand(flags) : doctorCommand(subject, flags.connect);
    });
}
