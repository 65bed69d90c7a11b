/** `qmptap doctor`: what keeps an emulator from recording. */
import type { Command } from 'commander';

export function addDoctorCommand(program: Command): void {
  program
    .command('doctor')
    .summary('check what an emulator needs under libvirt')
    .description('check what an emulator needs where libvirt starts it, and say which line to change')
    .argument('<vm|file>', "a VM's name, or the path of an emulator")
    .option('-c, --connect <uri>', "libvirt's address (default: virsh's own)")
    .addHelpText(
      'after',
      `
Looks as the user by whom libvirt runs QEMU; as root that is really tried. Ends with 1 if something is
in the way.

Examples:
  qmptap doctor web1
  qmptap doctor --connect qemu:///session web1
  qmptap doctor /usr/local/bin/qmptap-qemu`,
    )
    .action(async (subject: string, flags: { connect?: string }) => {
      const { doctorCommand } = await import('../../capture/doctor.js');
      process.exitCode = doctorCommand(subject, flags.connect);
    });
}
