/** What `qmptap redact` does: a copy without secrets, or a list of what would go. */
import { UsageError } from '../../errors.js';
import { escapeText } from '../../inspect/format.js';
import type { RecordingReader } from '../../recording/ports.js';
import { lookedFor } from '../../redact/redaction-rules.js';
import type { Redactor } from '../../redact/redactor.js';
import { Retelling } from '../../recording/retell.js';
import { isSameFile } from '../../store/disk/files.js';
import { openRecording } from '../../store/index/open.js';
import { writeRecording } from '../files/new-file.js';
import { jsonLine, Lines, say } from '../output/output.js';
import { learnedRedactor, removedText } from './redaction.js';

export interface RedactOptions {
  readonly output: string | undefined;
  readonly force: boolean;
  readonly rules: readonly string[];
  readonly json: boolean;
}

/**
 * Lists what would be removed, and what is looked for.
 * @throws RecordingError, UsageError for a rule that does not parse
 */
export function listSecrets(file: string, { rules, json }: RedactOptions): void {
  using reader = openRecording(file, { onNotice: say });
  const redactor = learnedRedactor(reader, rules);
  const lines = new Lines();
  for (const message of reader.messages()) {
    const before = new Map(redactor.removed().map(({ what, count }) => [what, count]));
    if (redactor.message(message) === message) continue;
    const { session, seq, name, command, kind } = message;
    for (const { what, count } of redactor.removed()) {
      const here = count - (before.get(what) ?? 0);
      if (here === 0) continue;
      const of = name ?? command ?? kind;
      lines.write(
        json
          ? jsonLine({ type: 'secret', session, seq, kind, of, what, count: here })
          : `session ${session} #${seq} ${escapeText(of)}: ${here} x ${escapeText(what)}\n`,
      );
    }
  }
  lines.flush();
  tell(redactor, rules);
}

/**
 * Writes a copy without the secrets: a new file, in which they never were.
 * @throws RecordingError, OutputError, UsageError for a rule that does not parse or a copy onto itself
 */
export async function redactCommand(
  file: string,
  output: string,
  { force, rules }: RedactOptions,
): Promise<void> {
  if (isSameFile(file, output)) {
    throw new UsageError(`redact -o ${output}: that is the recording itself; choose another name`);
  }
  using reader = openRecording(file, { onNotice: say });
  const redactor = learnedRedactor(reader, rules);
  await writeRecording(output, force, async (recorder) => {
    const told = new Retelling(recorder);
    await retell(reader, redactor, told, () => recorder.flush());
  });
  tell(redactor, rules);
  say(`the copy is ${output}`);
}

/** So much traffic may wait to be moved from the journal into the tables. */
const flushEvery = 256 << 20;

async function retell(
  reader: RecordingReader,
  redactor: Redactor,
  told: Retelling,
  flush: () => Promise<void>,
): Promise<void> {
  const waiting = [...reader.sessions()];
  let bytes = 0;
  for (const message of reader.messages()) {
    while (!told.isOpen(message.session)) {
      const session = waiting.shift();
      if (session === undefined) break;
      told.open(session);
    }
    told.message(message.session, { ...message, raw: redactor.bytes(message) });
    bytes += message.raw.length;
    if (bytes > flushEvery) {
      bytes = 0;
      await flush();
    }
  }
  for (const session of waiting) told.open(session);
  told.end(`redacted: ${removedText(redactor).replace(/^redacted: /, '')}`);
}

function tell(redactor: Redactor, rules: readonly string[]): void {
  say(removedText(redactor));
  say(`looked for: ${[...lookedFor(), ...rules.map(escapeText)].join(', ')}; what is none of these stays in`);
}
