/** What `qmptap stats` does: gathers the statistics of the recordings and prints them. */
import { parseFilter } from '../../inspect/filter/filter.js';
import { collectStatistics } from '../../inspect/stats/stats.js';
import { statisticsJson, statisticsText } from '../../inspect/stats/stats-text.js';
import { noSession } from '../../recording/chosen-session.js';
import type { RecordingReader } from '../../recording/ports.js';
import { openRecording } from '../../store/index/open.js';
import { cut } from '../output/cut.js';
import { jsonLine, Lines, say, styled, terminalWidth } from '../output/output.js';

export interface StatsOptions {
  readonly filter: string;
  readonly session: number | undefined;
  readonly json: boolean;
}

/** @throws RecordingError, UsageError for a filter that cannot be read */
export function stats(files: readonly string[], { filter, session, json }: StatsOptions): void {
  const where = filter === '' ? undefined : parseFilter(filter);
  const readers: RecordingReader[] = [];
  try {
    for (const file of files) readers.push(openRecording(file, { onNotice: say }));
    // Those of a series are numbered through: it may be in any of its files.
    const [first] = readers;
    if (session !== undefined && first !== undefined && !readers.some((reader) => reader.session(session)))
      throw noSession(first.info.path, session);
    const statistics = collectStatistics(readers.map((reader) => ({ reader, range: { where, session } })));
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
  } finally {
    for (const reader of readers) reader.close();
  }
}
