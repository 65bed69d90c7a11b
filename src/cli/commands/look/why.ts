/** `qmptap why`: what went wrong, the weightiest first. */
import { type Command, Option } from 'commander';
import type { Level } from '../../../inspect/rules/rule.js';
import { severalHelp, sourceHelp } from './source-argument.js';

export function addWhyCommand(program: Command): void {
  program
    .command('why')
    .summary('explain what went wrong: who holds the monitor, what never ended')
    .description('Explain what went wrong in a recording, the weightiest finding first.')
    .argument('<recording...>', sourceHelp)
    .option('--against <profile>', 'tell what is slower than in this profile, and what it has never seen')
    .option('--json', 'a line of JSON for each finding')
    .addOption(
      new Option('--fail-on <level>', 'end with 3 if there is a finding of this level or above').choices([
        'note',
        'warning',
        'error',
      ]),
    )
    .addHelpText(
      'after',
      `
Who holds the monitor or held it longest, and what waits behind; removals that never ended, jobs that nobody completed,
migrations that do not converge; an agent that is silent, file systems that stay frozen; I/O errors, panics; lost, late
and crossed responses; error responses, those of a kind together; polls that cost; crashes, resets and cut messages.
Each with its message, its time, a sentence of cause, and the command that shows more.

Of a recording that is still being made, times are up to now. ${severalHelp}

Examples:
  qmptap why hang.qmptap
  qmptap why recordings/
  qmptap why boot.qmptap --fail-on warning
  qmptap why hang.qmptap --json | jq -r .title`,
    )
    .action(async (paths: string[], options: { json?: boolean; failOn?: Level; against?: string }) => {
      const { why } = await import('../../look/why.js');
      process.exitCode = why(paths, {
        json: options.json === true,
        failOn: options.failOn,
        against: options.against,
      });
    });
}
