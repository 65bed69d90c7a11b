/** `qmptap stories`: what belongs together over time. */
import type { Command } from 'commander';
import { sessionNumber } from './show.js';

export function addStoriesCommand(program: Command): void {
  program
    .command('stories')
    .summary('jobs, removals, migrations …, and how they ended')
    .description('what belongs together over time: removals, jobs, migrations … with their outcome')
    .argument('<recording>', 'a file')
    .option('-s, --session <n>', 'only this session', sessionNumber)
    .option('--json', 'one JSON object a story')
    .addHelpText(
      'after',
      `
Device removals from device_del to DEVICE_DELETED, jobs by their id, migrations and saves, transactions,
programs in the guest, pauses, shutdowns, dumps and frozen file systems: each with its steps, its duration
and its outcome. What is unfinished comes first.

Examples:
  qmptap stories backup.qmptap
  qmptap stories backup.qmptap --json | jq 'select(.outcome == "unfinished")'`,
    )
    .action(async (file: string, options: { session?: number; json?: boolean }) => {
      const { stories } = await import('../../look/stories.js');
      stories(file, options.session, options.json === true);
    });
}
