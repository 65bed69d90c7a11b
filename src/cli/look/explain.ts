/** What `qmptap show --explain` does: each member of one message with its type, by the recording's schema. */
import { RecordingError } from '../../errors.js';
import { escapeText, messageRow } from '../../inspect/format.js';
import { type ExplainedMember, explainMessage } from '../../inspect/schema/schema-check.js';
import { findSchema } from '../../inspect/schema/schemas.js';
import { tableLines } from '../../text/table.js';
import { chosenSession } from '../../recording/chosen-session.js';
import type { RecordingReader } from '../../recording/ports.js';
import type { Session } from '../../recording/session.js';
import { openRecording } from '../../store/index/open.js';
import { bytesOfLine, cut } from '../output/cut.js';
import { jsonLine, Lines, say, terminalWidth } from '../output/output.js';
import { loadSchema } from './schema.js';

export interface ExplainOptions {
  readonly session: number | undefined;
  /** A recording to take the schema from; undefined: this one. */
  readonly schemaFile: string | undefined;
  readonly json: boolean;
}

/**
 * Prints what the schema says of a message.
 * @throws RecordingError if there is no such message, or no schema to explain it by
 */
export function explain(path: string, seq: number, { session, schemaFile, json }: ExplainOptions): void {
  using reader = openRecording(path, { onNotice: say });
  const { id: where, messages } =
    session === undefined ? onlySession(reader) : chosenSession(reader, session);
  const message = reader.message(where, seq);
  if (message === undefined) {
    throw new RecordingError(
      { reason: `session ${where} has no message ${seq}`, remedy: `give a number up to ${messages}` },
      { path },
    );
  }
  const schema = schemaFile === undefined ? findSchema(reader, where) : loadSchema(schemaFile, undefined);
  if (schema === undefined) {
    throw new RecordingError(
      {
        reason: 'it holds no answer to query-qmp-schema to explain messages by',
        remedy: 'give a recording that does with --schema FILE',
      },
      { path },
    );
  }
  const members = explainMessage(schema, message);
  const lines = new Lines();
  if (json) {
    for (const member of members) lines.write(jsonLine(member));
  } else {
    const { arrow, text } = messageRow(message, bytesOfLine(terminalWidth()));
    lines.write(`${cut(`#${seq} ${arrow} ${text}`, terminalWidth())}\n`);
    if (members.length === 0) lines.write('it has no members that the schema describes\n');
    else for (const line of table(members)) lines.write(`${cut(line, terminalWidth())}\n`);
  }
  lines.flush();
}

function table(members: readonly ExplainedMember[]): string[] {
  const rows = members.map(({ path, depth, value, type, findings }) => [
    escapeText(`${'  '.repeat(depth)}${path}`),
    escapeText(type),
    escapeText(value ?? ''),
    escapeText(findings.map(({ text }) => text).join(', ')),
  ]);
  return tableLines([{ title: 'member' }, { title: 'type' }, { title: 'value' }, { title: 'remarks' }], rows);
}

function onlySession(reader: RecordingReader): Session {
  const sessions = reader.sessions();
  const [first, second] = sessions;
  if (first !== undefined && second === undefined) return first;
  const { path } = reader.info;
  throw new RecordingError(
    { reason: `it has ${sessions.length} sessions`, remedy: 'say which with --session N' },
    { path },
  );
}
