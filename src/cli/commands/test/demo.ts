/** `qmptap demo`: the whole thing on a recorded QEMU. */
import type { Command } from 'commander';

export function addDemoCommand(program: Command): void {
  program
    .command('demo')
    .summary('see it at work; needs no QEMU')
    .description('see it at work: a recorded QEMU, the proxy before it, a small client; needs no QEMU')
    .option('-o, --output <file>', 'the recording (default: where `record` puts its files)')
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
