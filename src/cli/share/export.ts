/** What `qmptap export` does: chooses messages, takes secrets out, writes a file or to standard output. */
import { dirname, relative, resolve } from 'node:path';
import { UsageError } from '../../errors.js';
import { exporters, type FileFormatName } from '../../formats/formats.js';
import { type Format, formats } from '../../formats/table.js';
import { parseFilter } from '../../inspect/filter/filter.js';
import { counted, escapeText } from '../../inspect/format.js';
import { chosenSession } from '../../recording/chosen-session.js';
import type { Message } from '../../recording/message.js';
import { exportInput } from './export-input.js';
import { pageFindings } from './page-findings.js';
import { filesOf, openSource } from '../files/source.js';
import { refuseItself, writeFile } from '../files/new-file.js';
import { Lines, say } from '../output/output.js';
import {
  learnedRedactor,
  redactedMarks,
  redactedMessages,
  redactedSessions,
  removedText,
} from './redaction.js';

export interface ExportOptions {
  readonly filter: string;
  readonly format: FileFormatName;
  /** Undefined or `-`: standard output. */
  readonly output: string | undefined;
  readonly force: boolean;
  readonly session: number | undefined;
  readonly redact: boolean;
  readonly rules: readonly string[];
}

/**
 * Exports what the options choose. Gives the exit code.
 * @throws RecordingError, OutputError, UsageError for a filter or a rule that does not parse
 */
export function exportCommand(paths: readonly string[], options: ExportOptions): number {
  const { format, output, session } = options;
  const where = options.filter === '' ? undefined : parseFilter(options.filter);
  const toFile = output !== undefined && output !== '-';
  const { content, isReference }: Format = formats[format];
  // A page is text, but not for reading in a terminal.
  if (!toFile && (content === 'binary' || format === 'html') && process.stdout.isTTY) {
    throw new UsageError({
      subject: `export --format ${format}`,
      reason: 'not for a terminal',
      remedy: 'give -o FILE',
    });
  }
  if (toFile) for (const file of filesOf(paths)) refuseItself(`export -o ${output}`, file, output);
  using source = openSource(paths);
  const { reader } = source;
  if (isReference === true && reader.info.parts !== undefined) {
    throw new UsageError({
      subject: `export --format ${format}`,
      reason: 'it names one recording',
      remedy: 'give one file',
    });
  }
  const sessions = session === undefined ? reader.sessions() : [chosenSession(reader, session)];
  const redactor = options.redact ? learnedRedactor(reader, options.rules) : undefined;
  let count = 0;
  function* passing(messages: Iterable<Message>): Iterable<Message> {
    for (const message of messages) {
      count += 1;
      yield message;
    }
  }
  const chosen = passing(reader.messages({ session, where }));
  const messages = redactor === undefined ? chosen : redactedMessages(chosen, redactor);
  const { path } = reader.info;
  const reference = toFile ? relative(dirname(resolve(output)), resolve(path)) : path;
  const marks = reader.marks?.() ?? [];
  const input = exportInput({
    info: reader.info,
    sessions: redactedSessions(sessions, redactor),
    messages,
    marks: redactor === undefined ? marks : redactedMarks(marks, redactor),
    findings: format === 'html' ? pageFindings(reader, sessions, redactor) : undefined,
    reference,
    omit: (what) => {
      say(`left out: ${escapeText(what)}`);
    },
  });
  const pieces = exporters[format](input);
  if (toFile) {
    writeFile(output, options.force, pieces);
    say(`${isReference ? counted(sessions.length, 'session') : counted(count, 'message')} in ${output}`);
  } else {
    const lines = new Lines();
    for (const piece of pieces) lines.write(piece);
    lines.flush();
  }
  if (redactor !== undefined && redactor.removed().length > 0) {
    say(`${removedText(redactor)}; --no-redact leaves everything in`);
  }
  return source.exitCode;
}
