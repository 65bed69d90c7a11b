/**
 * What every format is made from: a stretch of a recording, already chosen and, unless told otherwise,
 * already redacted. An exporter gives its file in pieces, so that memory does not grow with it.
 */
import type { Message } from '../recording/message.js';
import type { RecordingInfo } from '../recording/ports.js';
import type { Session } from '../recording/session.js';

/** What is exported. */
export interface ExportInput {
  readonly info: RecordingInfo;
  /** The sessions chosen, by number. */
  readonly sessions: readonly Session[];
  /** Their messages in the order of completion. Read once, lazily. */
  readonly messages: Iterable<Message>;
  /** The recording's path as the exported file would name it. */
  readonly reference: string;
  /** SHA-256 in base64, which only those above the wall can make. */
  readonly sha256: (text: string) => string;
  /** Tells the user of something that the format has no place for. */
  readonly omit: (what: string) => void;
}

/** A format: gives the file's pieces. */
export type Exporter = (input: ExportInput) => Iterable<string | Uint8Array>;

/**
 * The messages, with each session announced before its first one: the sessions in their order, so that
 * their numbers come out the same when they are counted again.
 */
export function* withSessions(
  input: ExportInput,
): Iterable<{ readonly session: Session } | { readonly message: Message; readonly session: Session }> {
  const waiting = [...input.sessions];
  const open = new Map<number, Session>();
  for (const message of input.messages) {
    while (!open.has(message.session)) {
      const session = waiting.shift();
      if (session === undefined) break;
      open.set(session.id, session);
      yield { session };
    }
    const session = open.get(message.session);
    if (session !== undefined) yield { message, session };
  }
  for (const session of waiting) yield { session };
}
