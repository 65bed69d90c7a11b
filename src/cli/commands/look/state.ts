/** `qmptap state`: what was known of the VM at a moment. */
import type { Command } from 'commander';
import { momentForms } from '../../../inspect/state/moment.js';
import { sessionNumber } from '../values.js';
import { severalHelp, sourceHelp } from './source-argument.js';

interface Options {
  at?: string;
  diff?: string[];
  session?: number;
  json?: boolean;
}

export function addStateCommand(program: Command): void {
  program
    .command('state')
    .summary('tell what was known of the VM at a moment')
    .description('Tell what was known of the VM at a moment: run state, block graph, devices, jobs and more.')
    .argument('<recording...>', sourceHelp)
    .option('--at <moment>', 'the moment, as below; the end if not given')
    .option('--diff <moment...>', 'what changed between --at and this moment, or between these two')
    .option('-s, --session <n>', 'the session whose messages or time the moments mean', sessionNumber)
    .option('--json', 'a line of JSON for each value')
    .addHelpText(
      'after',
      `
A moment is ${momentForms}.

Each value is asserted (an answer says so), implied (by an accepted command or an event) or stale (something may have
changed it since), with the message that last set it. Sessions of one label, or else of one server's address, are
of one VM, the guest agent's too.

${severalHelp}

Examples:
  qmptap state boot.qmptap
  qmptap state boot.qmptap --at 20
  qmptap state boot.qmptap --at 1.5s --json
  qmptap state boot.qmptap --diff 10 20`,
    )
    .action(async (paths: string[], options: Options) => {
      const { state } = await import('../../look/state.js');
      process.exitCode = state(paths, {
        at: options.at,
        diff: options.diff ?? [],
        session: options.session,
        json: options.json === true,
      });
    });
}
