/** `qmptap doctor`: what keeps an emulator from recording. */
import type { Command } from 'commander';

export function addDoctorCommand(program: Command): void {
  program
    .command('doctor')
    .summary('check whether recording under libvirt can work')
    .description('Check everything that an emulator needs under libvirt, and say which line to change.')
    .argument('<vm|file>', "a VM's name, or the path of an emulator")
    .option('-c, --connect <uri>', "libvirt's connection URI (default: what virsh would use)")
    .addHelpText(
      'after',
      `
Checks as the user that libvirt runs QEMU as; as root it really tries. Ends with 1 if something is missing.

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
