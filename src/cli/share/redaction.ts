/** Redaction for commands: the first pass, which learns secrets, and the summary for the user. */
import { escapeText } from '../../inspect/format.js';
import type { Mark } from '../../recording/marks.js';
import type { Message } from '../../recording/message.js';
import type { RecordingReader } from '../../recording/ports.js';
import type { Session } from '../../recording/session.js';
import { Anonymiser } from '../../redact/anonymise/anonymiser.js';
import { Redactor } from '../../redact/redactor.js';
import { parseUserRules } from '../../redact/user-rules.js';

/** A redactor that knows the secrets of the whole recording, also of what is not exported. */
export function learnedRedactor(
  reader: RecordingReader,
  rules: readonly string[],
  anonymise = false,
): Redactor {
  const redactor = new Redactor(parseUserRules(rules), anonymise ? new Anonymiser() : undefined);
  for (const session of reader.sessions()) redactor.learnSession(session);
  for (const message of reader.messages()) redactor.learn(message);
  return redactor;
}

/** The sessions without the secrets in their notes, labels and addresses. */
export function redactedSessions(
  sessions: readonly Session[],
  redactor: Redactor | undefined,
): readonly Session[] {
  return redactor === undefined ? sessions : sessions.map((session) => redactor.session(session));
}

/** The messages without their secrets. */
export function* redactedMessages(messages: Iterable<Message>, redactor: Redactor): Iterable<Message> {
  for (const message of messages) yield redactor.message(message);
}

/** The marks, their notes without secrets. */
export function redactedMarks(marks: readonly Mark[], redactor: Redactor): Mark[] {
  return marks.map(({ note, ...ref }) => ({
    ...ref,
    note: note === undefined ? undefined : redactor.text(note),
  }));
}

/** `redacted: 2 x a VNC password, 1 x …`, or that nothing was found. */
export function removedText(redactor: Redactor): string {
  const removed = redactor.removed();
  if (removed.length === 0) return 'nothing was found to redact';
  return `redacted: ${removed.map(({ what, count }) => `${count} x ${escapeText(what)}`).join(', ')}`;
}
