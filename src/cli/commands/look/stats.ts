/** `qmptap stats`: counts, latencies and sizes. */
import type { Command } from 'commander';
import { filterHelp } from '../../../inspect/filter/help.js';
import { sessionNumber } from '../values.js';
import { moreHelp, severalHelp, sourceHelp } from './source-argument.js';

export function addStatsCommand(program: Command): void {
  program
    .command('stats')
    .summary('count and measure commands and events')
    .description('Count and measure commands and events.')
    .argument('<recording>', sourceHelp)
    .argument('[recording|filter...]', moreHelp)
    .option('-s, --session <n>', 'only this session', sessionNumber)
    .option('--json', 'print one JSON object')
    .addHelpText(
      'after',
      `
Prints counts, errors and exact percentiles for each command, events over time, the slowest exchanges, the longest
silences, unanswered commands, and how busy the monitor was.

${severalHelp}

Filter:
${filterHelp()}

Examples:
  qmptap stats boot.qmptap
  qmptap stats boot.qmptap cmd:query-*
  qmptap stats monday.qmptap tuesday.qmptap --json
  qmptap stats recordings/ file:web1-*`,
    )
    .action(async (file: string, words: string[], options: { session?: number; json?: boolean }) => {
      const { stats } = await import('../../look/stats.js');
      const { sourceWords } = await import('../../files/source-words.js');
      const { paths, filter } = sourceWords(file, words);
      process.exitCode = stats(paths, {
        filter,
        session: options.session,
        json: options.json === true,
      });
    });
}
