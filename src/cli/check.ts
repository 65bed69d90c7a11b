/** What `qmptap check` does: the file first, then the protocol; prints what it finds. */
import { checkMessages, type Finding } from '../inspect/check.js';
import { escapeText } from '../inspect/format.js';
import { openRecording } from '../store/open.js';
import { Lines, say, styled } from './output.js';

/**
 * Prints the findings, and a last line that sums them up. Gives the exit code: 3 if a peer broke the
 * protocol.
 * @throws RecordingError if the file is not sound
 */
export function check(path: string, json: boolean): number {
  using reader = openRecording(path, { onNotice: say });
  const lines = new Lines();
  let violations = 0;
  let notes = 0;
  for (const finding of checkMessages(reader)) {
    if (finding.severity === 'violation') violations += 1;
    else notes += 1;
    lines.write(json ? `${JSON.stringify(finding)}\n` : textLine(finding));
  }
  if (!json) {
    const sessions = reader.sessions().length;
    lines.write(
      `${path}: the file is sound; ${reader.count()} messages in ${sessions} sessions, ` +
        `${violations} violations, ${notes} notes\n`,
    );
  }
  lines.flush();
  return violations > 0 ? 3 : 0;
}

function textLine({ severity, rule, session, seq, text }: Finding): string {
  const word = severity === 'violation' ? styled('red', severity) : styled('dim', 'note     ');
  return `session ${session} #${seq}  ${word}  ${rule}: ${escapeText(text)}\n`;
}
