/** What `qmptap check` does: the file, the protocol, the schema; prints what it finds. */
import { RecordingError } from '../../errors.js';
import { checkMessages, type Finding } from '../../inspect/check.js';
import { counted, escapeText } from '../../inspect/format.js';
import { checkCommand } from '../../inspect/schema/schema-check.js';
import { Schemas } from '../../inspect/schema/schemas.js';
import type { Schema } from '../../qmp/schema.js';
import type { RecordingReader } from '../../recording/ports.js';
import { openRecording } from '../../store/index/open.js';
import { filesOf, isFolder } from '../files/source.js';
import { jsonLine, Lines, say, styled } from '../output/output.js';
import { loadSchema } from './schema.js';

/** What the server's own schema says of a command: `deprecated`, `unstable`, or that it is wrong. */
interface SchemaFinding extends Omit<Finding, 'rule'> {
  readonly rule: 'schema';
}

/**
 * Checks each of the recordings, and those of the folders. Gives the exit code: 1 if one cannot be read or is
 * damaged, 3 if a peer broke the protocol.
 * @throws RecordingError if there is but one, or none
 */
export function check(paths: readonly string[], json: boolean, schemaFile?: string): number {
  const [path = '', ...others] = paths;
  if (others.length === 0 && !isFolder(path)) return checkOne(path, json, schemaFile);
  const files = filesOf(paths);
  if (files.length === 0)
    throw new RecordingError({ reason: 'no recordings in it' }, { path, code: 'MISSING' });
  const codes = files.map((file) => {
    try {
      return checkOne(file, json, schemaFile, `${file}: `);
    } catch (error) {
      if (!(error instanceof RecordingError)) throw error;
      if (json) process.stdout.write(jsonLine({ type: 'unreadable', path: file, reason: error.reason }));
      say(error.message);
      return error.exitCode;
    }
  });
  return codes.includes(1) ? 1 : Math.max(...codes);
}

/**
 * Prints the findings, and a last line that sums them up. `schemaFile`: a recording whose schema is used
 * where this one has none; `before` is put before each finding. Gives the exit code: 3 if a peer broke the protocol.
 * @throws RecordingError if the file is damaged
 */
function checkOne(path: string, json: boolean, schemaFile?: string, before = ''): number {
  using reader = openRecording(path, { onNotice: say });
  const [damage] = reader.damage();
  if (damage !== undefined)
    throw new RecordingError({ reason: `damaged: ${escapeText(damage)}` }, { path, code: 'DAMAGED' });
  const lines = new Lines();
  const counts = { violation: 0, note: 0 };
  const schema = schemaFile === undefined ? undefined : loadSchema(schemaFile, undefined);
  for (const finding of findings(reader, schema)) {
    counts[finding.severity] += 1;
    lines.write(
      json ? jsonLine({ type: 'finding', file: path, ...finding }) : escapeText(before) + textLine(finding),
    );
  }
  const [messages, sessions] = [reader.count(), reader.sessions().length];
  const { violation: violations, note: notes } = counts;
  const { incomplete } = reader.info;
  if (json)
    lines.write(
      jsonLine({ type: 'check', file: path, sound: true, messages, sessions, violations, notes, incomplete }),
    );
  else {
    const looked = `${counted(messages, 'message')} in ${counted(sessions, 'session')}`;
    const found = `${counted(violations, 'violation')}, ${counted(notes, 'note')}`;
    lines.write(`${escapeText(path)}: the file is sound; ${looked}, ${found}\n`);
    if (incomplete !== undefined) lines.write(`${escapeText(path)}: incomplete: ${escapeText(incomplete)}\n`);
  }
  lines.flush();
  return counts.violation > 0 ? 3 : 0;
}

function* findings(reader: RecordingReader, given: Schema | undefined): Iterable<Finding | SchemaFinding> {
  /** Commands that the server refuses before it looks at its schema. */
  const refused = new Set<string>();
  for (const finding of checkMessages(reader)) {
    if (finding.severity === 'violation') refused.add(`${finding.session} ${finding.seq}`);
    yield finding;
  }
  const schemas = new Schemas(reader);
  for (const { id: session } of reader.sessions()) {
    const schema = schemas.of(session) ?? given;
    if (schema === undefined) continue;
    for (const message of reader.messages({
      session,
      where: { op: 'glob', field: 'kind', glob: 'command' },
    })) {
      if (refused.has(`${session} ${message.seq}`)) continue;
      for (const { issue, path, text } of checkCommand(schema, message)) {
        const severity = issue === 'wrong' ? 'violation' : 'note';
        yield { severity, rule: 'schema', session, seq: message.seq, text: `${path}: ${text}` };
      }
    }
  }
}

function textLine({ severity, rule, session, seq, text }: Finding | SchemaFinding): string {
  const word = severity === 'violation' ? styled('red', severity) : styled('dim', 'note     ');
  return `session ${session} #${seq}  ${word}  ${rule}: ${escapeText(text)}\n`;
}
