/** Reports a replay: each divergence as it happens, the summary at the end, and the report's file. */
import { statSync } from 'node:fs';
import { dirname } from 'node:path';
import { OutputError } from '../../errors.js';
import { counted, escapeText } from '../../inspect/format.js';
import { accountOf, type Divergence } from '../../replay/match/divergence.js';
import { jsonReport, junitReport, type ReplaySummary, type ReportHead } from '../../replay/match/summary.js';
import type { Log, LogFlags } from '../output/log.js';
import { writeFile } from '../files/new-file.js';
import { writeDiagnostics } from '../output/diagnostics.js';

/** What both kinds of replay take. */
export interface ReplayFlags {
  session?: number;
  pacing?: string;
  ignore?: string[];
  /** Milliseconds. */
  timeout?: number;
  report?: string;
  explain?: boolean;
}

/** Divergences that are printed in full; the report has a hundred. */
const maximumTold = 20;

/** Tells divergences as they happen: for people the account, several lines; for programs a log line. */
export class DivergenceTeller {
  readonly #log: Log;
  readonly #asJson: boolean;
  #told = 0;

  constructor(log: Log, { logFormat }: Pick<LogFlags, 'logFormat'>) {
    this.#log = log;
    this.#asJson = logFormat === 'json';
  }

  tell(found: Divergence): void {
    this.#told += 1;
    if (this.#asJson)
      this.#log.warn({ divergence: { kind: found.kind, session: found.session } }, accountOf(found));
    else if (!this.#log.isLevelEnabled('warn')) return;
    else if (this.#told <= maximumTold) writeDiagnostics(`${accountOf(found)}\n`);
    else if (this.#told === maximumTold + 1) {
      this.#log.warn('more divergences are counted, not shown; --report FILE keeps a hundred');
    }
  }
}

/** One line for the end. */
export function sumUp({ sessions, diverged }: ReplaySummary): string {
  const total = (key: 'played' | 'unused' | 'forwarded' | 'skipped'): number =>
    sessions.reduce((sum, session) => sum + session[key], 0);
  const repeated = sessions.flatMap((session) => Object.entries(session.repeated));
  const parts = [
    diverged === 0 ? 'as recorded' : `diverged in ${counted(diverged, 'place')}`,
    `${counted(total('played'), 'message')} of the client`,
    ...(total('unused') > 0 ? [`${total('unused')} recorded ones not played`] : []),
    ...(total('skipped') > 0 ? [`${total('skipped')} left out by --read-only`] : []),
    ...(total('forwarded') > 0 ? [`${total('forwarded')} answered by the real server`] : []),
    ...repeated.map(
      ([name, count]) => `last answer to ${escapeText(name)} repeated ${counted(count, 'time')}`,
    ),
  ];
  return parts.join('; ');
}

/**
 * Writes the report: JUnit XML where the name ends in `.xml`, JSON otherwise.
 * @throws OutputError
 */
export function writeReport(path: string | undefined, head: ReportHead, summary: ReplaySummary): void {
  if (path === undefined) return;
  const text = (path.endsWith('.xml') ? junitReport : jsonReport)(head, summary);
  try {
    // A file is replaced as a whole, and a link is not followed.
    statSync(dirname(path));
    writeFile(path, true, [text]);
  } catch (cause) {
    if (cause instanceof OutputError) throw cause;
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new OutputError({ reason: `the report cannot be written: ${reason}` }, { path, cause });
  }
}
