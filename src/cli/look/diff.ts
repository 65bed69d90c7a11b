/** What `qmptap diff` does: compares two recordings and prints the account. */
import { diffRecordings } from '../../inspect/diff/diff-recordings.js';
import { diffJson, type DiffLine, diffText } from '../../inspect/diff/diff-text.js';
import { firstDivergence } from '../../inspect/diff/first-divergence.js';
import { firstJson, firstText } from '../../inspect/diff/first-text.js';
import { openRecording } from '../../store/index/open.js';
import { cut } from '../output/cut.js';
import { jsonLine, Lines, say, type Style, styled, terminalWidth } from '../output/output.js';

export interface DiffCommandOptions {
  readonly ignore: readonly string[];
  readonly sessions: readonly [a: number, b: number] | undefined;
  readonly json: boolean;
  /** Only the first divergence, and the state that explains it. */
  readonly first: boolean;
}

const styles: Readonly<Record<DiffLine['style'], Style>> = {
  heading: 'bold',
  removed: 'red',
  added: 'green',
  moved: 'cyan',
  changed: 'yellow',
  detail: 'reset',
  summary: 'bold',
};

/**
 * Gives the exit code: 3 if something differs.
 * @throws RecordingError, UsageError for a path that cannot be read
 */
export function diff(
  fileA: string,
  fileB: string,
  { ignore, sessions, json, first }: DiffCommandOptions,
): number {
  using a = openRecording(fileA, { onNotice: say });
  using b = openRecording(fileB, { onNotice: say });
  const lines = new Lines();
  const sides = { a, b, nameA: fileA, nameB: fileB };
  if (first) {
    const found = firstDivergence(a, b, { ignore, sessions });
    if (json) lines.write(jsonLine(firstJson(found)));
    else print(firstText(found, sides), lines);
    lines.flush();
    return found === undefined ? 0 : 3;
  }
  const found = diffRecordings(a, b, { ignore, sessions });
  if (json) for (const line of diffJson(found)) lines.write(jsonLine(line));
  else print(diffText(found, sides), lines);
  lines.flush();
  return found.same ? 0 : 3;
}

function print(account: Iterable<DiffLine>, lines: Lines): void {
  for (const { style, text } of account)
    lines.write(`${styled(styles[style], cut(text, terminalWidth()))}\n`);
}
