/**
 * The input of exporters: messages of a recording, already filtered and, by default, redacted. An exporter
 * yields its file in pieces, so memory does not grow with the recording.
 */
import type { Mark } from '../recording/marks.js';
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
  /** Those on the messages; others are ignored. In any order. */
  readonly marks: readonly Mark[];
  /** What went wrong in it, the weightiest first, as `why --json` has it; for a format that shows it. */
  readonly findings?: readonly object[] | undefined;
  /** The recording's path as the exported file would name it. */
  readonly reference: string;
  /** SHA-256 in base64, which only those above the wall can make. */
  readonly sha256: (text: string) => string;
  /** Tells the user about something that the format cannot hold. */
  readonly omit: (what: string) => void;
}

/** A format: gives the file's pieces. */
export type Exporter = (input: ExportInput) => Iterable<string | Uint8Array>;

/** A message to export, with its session, and its mark if it has one. */
export interface ExportedMessage {
  readonly message: Message;
  readonly session: Session;
  readonly mark: Mark | undefined;
}

/**
 * The messages, with each session announced before its first one: the sessions in their order, so that
 * their numbers come out the same when they are counted again.
 */
export function* withSessions(input: ExportInput): Iterable<{ readonly session: Session } | ExportedMessage> {
  const marks = new Map(input.marks.map((mark) => [`${mark.session}:${mark.seq}`, mark]));
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
    if (session === undefined) continue;
    yield { message, session, mark: marks.get(`${message.session}:${message.seq}`) };
  }
  for (const session of waiting) yield { session };
}
