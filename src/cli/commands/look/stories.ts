/** `qmptap stories`: jobs, migrations, removals, each with its steps and outcome. */
import type { Command } from 'commander';
import { sessionNumber } from '../values.js';
import { severalHelp, sourceHelp } from './source-argument.js';

export function addStoriesCommand(program: Command): void {
  program
    .command('stories')
    .summary('follow jobs, migrations, removals to their outcome')
    .description('Follow jobs, migrations, device removals and the like to their outcome.')
    .argument('<recording...>', sourceHelp)
    .option('-s, --session <n>', 'only this session', sessionNumber)
    .option('--json', 'a line of JSON for each story')
    .addHelpText(
      'after',
      `
Device removals from device_del to DEVICE_DELETED, jobs by their id, migrations and saves, transactions,
programs in the guest, pauses, shutdowns, dumps and frozen file systems: each with its steps, duration and outcome.
Unfinished ones come first.

${severalHelp}

Examples:
  qmptap stories backup.qmptap
  qmptap stories recordings/
  qmptap stories backup.qmptap --json | jq 'select(.outcome == "unfinished")'`,
    )
    .action(async (paths: string[], options: { session?: number; json?: boolean }) => {
      const { stories } = await import('../../look/stories.js');
      process.exitCode = stories(paths, options.session, options.json === true);
    });
}
