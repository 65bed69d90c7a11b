/** What `qmptap redact` does: a copy without secrets, or a list of what would go. */
import { escapeText } from '../../inspect/format.js';
import { lookedFor } from '../../redact/redaction-rules.js';
import type { Redactor } from '../../redact/redactor.js';
import type { Removed } from '../../redact/removals.js';
import { openRecording } from '../../store/index/open.js';
import { StoredMarks } from '../../store/read/marks.js';
import { refuseItself, writeRecording } from '../files/new-file.js';
import { jsonLine, Lines, say } from '../output/output.js';
import {
  learnedRedactor,
  redactedMarks,
  redactedMessages,
  redactedSessions,
  removedText,
} from './redaction.js';
import { putMarks, retell } from './retelling.js';

export interface RedactOptions {
  readonly output: string | undefined;
  readonly force: boolean;
  readonly rules: readonly string[];
  /** Also replace names, paths and addresses. */
  readonly anonymise: boolean;
  readonly json: boolean;
}

/**
 * Lists what would be removed, and what is looked for.
 * @throws RecordingError, UsageError for a rule that does not parse
 */
export function listSecrets(file: string, { rules, json, anonymise }: RedactOptions): void {
  using reader = openRecording(file, { onNotice: say });
  const redactor = learnedRedactor(reader, rules, anonymise);
  const lines = new Lines();
  for (const session of reader.sessions()) {
    for (const { what, count } of removedBy(redactor, () => redactor.session(session))) {
      const { id } = session;
      lines.write(
        json
          ? jsonLine({ type: 'secret', session: id, of: 'session', what, count })
          : `session ${id}: ${count} x ${escapeText(what)}\n`,
      );
    }
  }
  for (const message of reader.messages()) {
    const { session, seq, name, command, kind } = message;
    const of = name ?? command ?? kind;
    for (const { what, count } of removedBy(redactor, () => redactor.message(message))) {
      lines.write(
        json
          ? jsonLine({ type: 'secret', session, seq, kind, of, what, count })
          : `session ${session} #${seq} ${escapeText(of)}: ${count} x ${escapeText(what)}\n`,
      );
    }
  }
  lines.flush();
  tell(redactor, rules);
}

/** What an action of the redactor removes. */
function removedBy(redactor: Redactor, action: () => unknown): Removed[] {
  const before = new Map(redactor.removed().map(({ what, count }) => [what, count]));
  action();
  return redactor
    .removed()
    .map(({ what, count }) => ({ what, count: count - (before.get(what) ?? 0) }))
    .filter(({ count }) => count > 0);
}

/**
 * Writes a copy without the secrets: a new file, in which they never were.
 * @throws RecordingError, OutputError, UsageError for a rule that does not parse or a copy onto itself
 */
export async function redactCommand(
  file: string,
  output: string,
  { force, rules, anonymise }: RedactOptions,
): Promise<void> {
  refuseItself(`redact -o ${output}`, file, output);
  using reader = openRecording(file, { onNotice: say });
  const redactor = learnedRedactor(reader, rules, anonymise);
  let marks = redactedMarks(new StoredMarks(file).marks(), redactor);
  await writeRecording(
    output,
    force,
    async (recorder) => {
      const sessions = redactedSessions(reader.sessions(), redactor);
      const messages = redactedMessages(reader.messages(), redactor);
      const note = (): string => `redacted: ${removedText(redactor).replace(/^redacted: /, '')}`;
      marks = [...(await retell({ sessions, messages, marks, note }, recorder))];
    },
    (draft) => {
      putMarks(draft, marks);
    },
  );
  tell(redactor, rules);
  say(`the copy is ${output}`);
}

function tell(redactor: Redactor, rules: readonly string[]): void {
  say(removedText(redactor));
  say(`looked for: ${[...lookedFor(), ...rules.map(escapeText)].join(', ')}; anything else is kept`);
}
