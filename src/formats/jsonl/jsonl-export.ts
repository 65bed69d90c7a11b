/** The lossless format: a recording as JSON lines, which `jsonl-import.ts` takes back. */
import { type ExportInput, withSessions } from '../export.js';
import { messageLine, recordingLine, sessionLine } from './jsonl.js';

/** One JSON object a line: the recording, then each session before its messages. */
export function* exportJsonl(input: ExportInput): Iterable<string> {
  yield recordingLine(input.info);
  for (const entry of withSessions(input)) {
    yield 'message' in entry ? messageLine(entry.message, entry.session.started) : sessionLine(entry.session);
  }
}
