/** `qmptap demo`: shows qmptap at work on a recorded QEMU. */
import type { Command } from 'commander';

export function addDemoCommand(program: Command): void {
  program
    .command('demo')
    .summary('show qmptap at work on a recorded QEMU')
    .description(
      'Show qmptap at work: a recorded QEMU, a proxy in front of it, and a small client. Needs no QEMU.',
    )
    .option('-o, --output <file>', 'the recording to write (default: where `record` puts its files)')
    .addHelpText(
      'after',
      `
Example:
  qmptap demo`,
    )
    .action(async (options: { output?: string }) => {
      const { demo } = await import('../../replay/demo.js');
      process.exitCode = await demo(options.output);
    });
}
