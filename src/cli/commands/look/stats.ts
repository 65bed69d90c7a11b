/** `qmptap stats`: how often, how long, how much. */
import type { Command } from 'commander';
import { sessionNumber } from './show.js';

export function addStatsCommand(program: Command): void {
  program
    .command('stats')
    .summary('how often, how long, what was never answered')
    .description('statistics: commands with their durations, events, the slowest, what was not answered')
    .argument('<recording>', 'a file')
    .argument(
      '[recording|filter...]',
      'names ending in .qmptap are more recordings; the rest says which messages',
    )
    .option('-s, --session <n>', 'only this session', sessionNumber)
    .option('--json', 'one JSON object')
    .addHelpText(
      'after',
      `
Counts, errors and exact percentiles for each command; events and when they came; the slowest exchanges,
the longest silences, unanswered commands, and how much of the time the monitor was busy.

Examples:
  qmptap stats boot.qmptap
  qmptap stats boot.qmptap cmd:query-*
  qmptap stats monday.qmptap tuesday.qmptap --json`,
    )
    .action(async (file: string, words: string[], options: { session?: number; json?: boolean }) => {
      const { stats } = await import('../../look/stats.js');
      const isRecording = (word: string): boolean => word.endsWith('.qmptap') && !word.includes(':');
      stats([file, ...words.filter(isRecording)], {
        filter: words.filter((word) => !isRecording(word)).join(' '),
        session: options.session,
        json: options.json === true,
      });
    });
}
