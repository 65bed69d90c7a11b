/** What `qmptap stats` does: gathers the statistics of the recordings and prints them. */
import { parseFilter } from '../../inspect/filter/filter.js';
import { collectStatistics } from '../../inspect/stats/stats.js';
import { statisticsJson, statisticsText } from '../../inspect/stats/stats-text.js';
import { chosenSession } from '../../recording/chosen-session.js';
import { openSource, withoutDamaged } from '../files/source.js';
import { cut } from '../output/cut.js';
import { jsonLine, Lines, styled, terminalWidth } from '../output/output.js';

export interface StatsOptions {
  readonly filter: string;
  readonly session: number | undefined;
  readonly json: boolean;
}

/**
 * Prints them, and gives the exit code.
 * @throws RecordingError, UsageError for a filter that cannot be read
 */
export function stats(paths: readonly string[], { filter, session, json }: StatsOptions): number {
  const where = filter === '' ? undefined : parseFilter(filter);
  using source = openSource(paths);
  const { reader } = source;
  if (session !== undefined) chosenSession(reader, session);
  const statistics = withoutDamaged(source, () => collectStatistics(source.apart({ where, session })));
  const lines = new Lines();
  if (json) lines.write(jsonLine(statisticsJson(statistics)));
  else {
    for (const [at, { heading, lines: rows }] of statisticsText(statistics).entries()) {
      if (at > 0) lines.write('\n');
      if (heading !== '') lines.write(`${styled('bold', heading)}\n`);
      rows.forEach((row, place) => {
        const text = cut(row, terminalWidth());
        lines.write(`${place === 0 ? styled('dim', text) : text}\n`);
      });
    }
  }
  lines.flush();
  return source.exitCode;
}
