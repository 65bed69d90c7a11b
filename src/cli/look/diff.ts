/** What `qmptap diff` does: compares two recordings and prints the account. */
import { diffRecordings } from '../../inspect/diff/diff-recordings.js';
import { diffJson, type DiffLine, diffText } from '../../inspect/diff/diff-text.js';
import { openRecording } from '../../store/index/open.js';
import { cut } from '../output/cut.js';
import { jsonLine, Lines, say, type Style, styled, terminalWidth } from '../output/output.js';

export interface DiffCommandOptions {
  readonly ignore: readonly string[];
  readonly sessions: readonly [a: number, b: number] | undefined;
  readonly json: boolean;
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
export function diff(fileA: string, fileB: string, { ignore, sessions, json }: DiffCommandOptions): number {
  using a = openRecording(fileA, { onNotice: say });
  using b = openRecording(fileB, { onNotice: say });
  const found = diffRecordings(a, b, { ignore, sessions });
  const lines = new Lines();
  if (json) for (const line of diffJson(found)) lines.write(jsonLine(line));
  else {
    for (const { style, text } of diffText(found, { a, b, nameA: fileA, nameB: fileB })) {
      lines.write(`${styled(styles[style], cut(text, terminalWidth()))}\n`);
    }
  }
  lines.flush();
  return found.same ? 0 : 3;
}
