/** Gives an exporter what only those above the wall have. */
import { createHash } from 'node:crypto';
import type { ExportInput } from '../../formats/export.js';
import type { Message } from '../../recording/message.js';
import type { RecordingInfo } from '../../recording/ports.js';
import type { Session } from '../../recording/session.js';

/** `reference`: how the exported file would name the recording. */
export function exportInput(
  info: RecordingInfo,
  sessions: readonly Session[],
  messages: Iterable<Message>,
  reference: string,
  omit: (what: string) => void,
): ExportInput {
  const sha256 = (text: string): string => createHash('sha256').update(text).digest('base64');
  return { info, sessions, messages, reference, sha256, omit };
}
