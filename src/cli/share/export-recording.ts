/**
 * What `qmptap export -o NEW.qmptap` does: one consistent file of a recording, also of one that is still being
 * made. All of it is copied by the store; a part is told again as traffic, with the commands of its responses.
 */
import { rmSync } from 'node:fs';
import { UsageError } from '../../errors.js';
import { parseFilter } from '../../inspect/filter/filter.js';
import { counted, sessionName } from '../../inspect/format.js';
import { chosenSession } from '../../recording/chosen-session.js';
import type { Condition } from '../../recording/condition.js';
import type { Message } from '../../recording/message.js';
import type { MessageRange, RecordingReader } from '../../recording/ports.js';
import { cannotWrite } from '../../store/disk/output-failure.js';
import type { OpenedRecording } from '../../store/index/open.js';
import { openSource, filesOf } from '../files/source.js';
import { placeRecording, prepareRecording, refuseItself, writeRecording } from '../files/new-file.js';
import { say } from '../output/output.js';
import type { ExportOptions } from './export.js';
import {
  learnedRedactor,
  redactedMarks,
  redactedMessages,
  redactedSessions,
  removedText,
} from './redaction.js';
import { putMarks, retell } from './retelling.js';

/**
 * Copies what the options choose. Gives the exit code.
 * @throws RecordingError, OutputError, UsageError for a filter or a rule that does not parse
 */
export async function exportRecording(
  paths: readonly string[],
  options: Omit<ExportOptions, 'format'>,
): Promise<number> {
  const { output, session, force, redact } = options;
  if (output === undefined || output === '-') {
    throw new UsageError({
      subject: 'export --format qmptap',
      reason: 'a recording is a file',
      remedy: 'give -o NEW.qmptap',
    });
  }
  for (const file of filesOf(paths)) refuseItself(`export -o ${output}`, file, output);
  const where = options.filter === '' ? undefined : parseFilter(options.filter);
  using source = openSource(paths);
  const { reader, single } = source;
  if (single === undefined || where !== undefined || session !== undefined || redact) {
    await copyPart(reader, { ...options, output, where });
  } else {
    await copyAll(single, output, force);
    say(
      `${counted(reader.sessions().length, 'session')} in ${output}, with all secrets; --redact takes them out`,
    );
  }
  return source.exitCode;
}

async function copyAll(reader: OpenedRecording, output: string, force: boolean): Promise<void> {
  const draft = prepareRecording(output, force);
  try {
    await reader.copyTo(draft);
    placeRecording(draft, output, force);
  } catch (error) {
    rmSync(draft, { force: true });
    throw cannotWrite(output, error);
  }
}

type PartOptions = Omit<ExportOptions, 'format' | 'output' | 'filter'> & {
  readonly output: string;
  readonly where: Condition | undefined;
};

async function copyPart(reader: RecordingReader, options: PartOptions): Promise<void> {
  const { output, where, session, redact } = options;
  const chosen = session === undefined ? reader.sessions() : [chosenSession(reader, session)];
  const redactor = redact ? learnedRedactor(reader, options.rules) : undefined;
  // How many messages of a session come is not known before.
  const sessions = redactedSessions(chosen, redactor).map((one) => ({
    ...one,
    label: sessionName(one),
    messages: undefined,
  }));
  const kept = reader.marks?.() ?? [];
  let messages = chosenMessages(reader, { session, where });
  if (redactor !== undefined) messages = redactedMessages(messages, redactor);
  let marks = redactor === undefined ? kept : redactedMarks(kept, redactor);
  const { messages: count } = await writeRecording(
    output,
    options.force,
    async (recorder) => {
      const note = (): string | undefined => (redactor === undefined ? undefined : removedText(redactor));
      marks = await retell({ sessions, messages, marks, note }, recorder);
    },
    (draft) => {
      putMarks(draft, marks);
    },
  );
  const secrets =
    redactor === undefined ? 'with their secrets; --redact takes them out' : removedText(redactor);
  say(`${count === undefined ? 'a part' : counted(count, 'message')} in ${output}, ${secrets}`);
}

/**
 * The messages that the filter names, as far as they are there now. A response without its command says little
 * and looks like a fault, so each has its command before it.
 */
function* chosenMessages(reader: RecordingReader, range: MessageRange): Iterable<Message> {
  const bounded = { ...range, before: reader.count() + 1 };
  const commands = missingCommands(reader, bounded);
  let at = 0;
  for (const message of reader.messages(bounded)) {
    for (let next = commands[at]; next !== undefined && next.index < message.index; next = commands[++at]) {
      const command = reader.message(next.session, next.seq);
      if (command !== undefined) yield command;
    }
    yield message;
  }
}

/** The commands of chosen responses that are not chosen themselves, in their order. */
function missingCommands(reader: RecordingReader, range: MessageRange): MissingCommand[] {
  const given = new Set<string>();
  const missing: MissingCommand[] = [];
  for (const { kind, session, seq, replyTo } of reader.messages(range)) {
    if (kind === 'command') given.add(`${session}:${seq}`);
    if (replyTo === undefined || given.delete(`${session}:${replyTo}`)) continue;
    const command = reader.message(session, replyTo);
    if (command !== undefined) missing.push({ session, seq: replyTo, index: command.index });
  }
  return missing.sort((a, b) => a.index - b.index);
}

type MissingCommand = Pick<Message, 'session' | 'seq' | 'index'>;
