/** The lossless format: a recording as JSON lines, which `jsonl-import.ts` takes back. */
import { type ExportInput, type ExportedMessage, withSessions } from '../export.js';
import type { Session } from '../../recording/session.js';
import { markLine, messageLine, recordingLines, sessionLine } from './jsonl.js';

/** One JSON object a line: the recording, then each session before its messages. */
export function* exportJsonl(input: ExportInput): Iterable<string> {
  yield recordingLines(input.info);
  for (const entry of withSessions(input)) {
    yield entryLines(entry);
  }
}

/** A session's line; or a message's, and under it that of its mark. */
export function entryLines(entry: { readonly session: Session } | ExportedMessage): string {
  if (!('message' in entry)) return sessionLine(entry.session);
  const { message, session, mark } = entry;
  return (
    messageLine(message, session.started, session.origin?.file) + (mark === undefined ? '' : markLine(mark))
  );
}
