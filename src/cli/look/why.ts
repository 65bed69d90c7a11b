/** What `qmptap why` does: explains what went wrong in the recordings. */
import type { Level } from '../../inspect/rules/rule.js';
import { byWeight } from '../../inspect/why/finding.js';
import { profileFindings } from '../../inspect/why/from-profile.js';
import {
  type FindingLine,
  findingJson,
  findingsSummary,
  findingText,
  reaches,
} from '../../inspect/why/why-text.js';
import { collectFindings } from '../../inspect/why/why.js';
import { timeOfDay } from '../../tui/clock.js';
import { openSource, withoutDamaged } from '../files/source.js';
import { jsonLine, Lines, type Style, styled, terminalWidth } from '../output/output.js';
import { wrapped } from '../../text/wrap.js';
import { readProfile } from './profile.js';

export interface WhyOptions {
  readonly json: boolean;
  /** Ends with 3 if there is a finding of this level or above. */
  readonly failOn: Level | undefined;
  /** A profile, by its path. */
  readonly against: string | undefined;
}

const styles: Readonly<Record<FindingLine['style'], Style | undefined>> = {
  error: 'red',
  warning: 'yellow',
  note: 'cyan',
  cause: undefined,
  detail: 'dim',
  next: 'dim',
};

/**
 * Prints the findings, the weightiest first. Gives the exit code.
 * @throws RecordingError
 */
export function why(paths: readonly string[], { json, failOn, against: path }: WhyOptions): number {
  const against = path === undefined ? undefined : readProfile(path);
  using source = openSource(paths);
  const { reader } = source;
  const found = withoutDamaged(source, () => {
    const wrong = collectFindings(reader, { now: reader.info.live ? Date.now() * 1000 : undefined });
    return against === undefined ? wrong : [...wrong, ...profileFindings(against, reader)].sort(byWeight);
  });
  const lines = new Lines();
  const place = { sources: paths, clock: timeOfDay };
  for (const one of found) {
    if (json) lines.write(jsonLine(findingJson(one, paths)));
    else {
      for (const { style, text } of findingText(one, place)) {
        const look = styles[style];
        // A command is copied, so that it stays on one line.
        const parts = style === 'next' ? [text] : wrapped(text, terminalWidth(), 9);
        for (const part of parts) lines.write(`${look === undefined ? part : styled(look, part)}\n`);
      }
      lines.write('\n');
    }
  }
  if (!json) lines.write(`${findingsSummary(found, reader.count(), reader.sessions().length)}\n`);
  lines.flush();
  return failOn !== undefined && reaches(found, failOn) ? 3 : source.exitCode;
}
