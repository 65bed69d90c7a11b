/**
 * Which messages change the state of what is recorded, and which only ask for it. Declared as data, printed by
 * `replay --explain`.
 *
 * QMP's schema does not say that a command changes nothing, only what it returns; names do.
 */
import { parsePath, valueAt } from '../../json/path.js';
import { tryParse } from '../../json/parse.js';
import type { Message } from '../../recording/message.js';
import { hmpQuestion, questions } from '../../recording/questions.js';
import { compileGlob } from '../../text/glob.js';

const hmp = 'human-monitor-command';
const commandLine = parsePath('arguments.command-line');

/** What a question is about, and by what that changes: globs of questions, of commands and of events. */
interface Subject {
  readonly questions: readonly string[];
  readonly commands: readonly string[];
  readonly events: readonly string[];
}

/**
 * Questions that depend on little. The answer to any other depends on all that changes.
 */
export const subjects: Readonly<Record<string, Subject>> = {
  jobs: {
    questions: ['query-jobs', 'query-block-jobs'],
    commands: ['block-*', 'blockdev-*', 'drive-*', 'job-*', 'snapshot-*', 'transaction'],
    events: ['BLOCK_JOB_*', 'JOB_STATUS_CHANGE'],
  },
  'run state': {
    questions: ['query-status'],
    commands: ['cont', 'stop', 'quit', 'system_*', 'migrate*', 'snapshot-*', hmp],
    events: [
      ...['STOP', 'RESUME', 'SHUTDOWN', 'POWERDOWN', 'RESET', 'SUSPEND*', 'WAKEUP', 'WATCHDOG'],
      ...['GUEST_*', 'BLOCK_IO_ERROR', 'MIGRATION'],
    ],
  },
  migration: {
    questions: ['query-migrate*', 'query-dirty-rate', 'query-vcpu-dirty-limit'],
    commands: ['migrate*', 'calc-dirty-rate', 'snapshot-*', 'cont', 'stop'],
    events: ['MIGRATION*', 'STOP', 'RESUME'],
  },
  dump: {
    questions: ['query-dump'],
    commands: ['dump-guest-memory'],
    events: ['DUMP_COMPLETED'],
  },
  freezing: {
    questions: ['guest-fsfreeze-status'],
    commands: ['guest-fsfreeze-*'],
    events: [],
  },
};

const anyOf = (globs: readonly string[]): ((name: string) => boolean) => {
  const matchers = globs.map(compileGlob);
  return (name) => matchers.some((matches) => matches(name));
};

const asks = anyOf(questions);

/** Whether a message of the client only asks; a lone 0xFF only resets the server's parser. */
export function isQuestion({ kind, name, raw }: Pick<Message, 'kind' | 'name' | 'raw'>): boolean {
  if (kind === 'sync') return true;
  if (kind !== 'command' || name === undefined) return false;
  if (name !== hmp) return asks(name);
  const command = tryParse(raw);
  const line = command && valueAt(command, commandLine);
  return typeof line === 'string' && hmpQuestion.test(line);
}

const matchers = Object.entries(subjects).map(([subject, globs]) => ({
  subject,
  question: anyOf(globs.questions),
  command: anyOf(globs.commands),
  event: anyOf(globs.events),
}));

/** The subject of a command that asks; undefined: everything. */
export function subjectOf(name: string): string | undefined {
  return matchers.find(({ question }) => question(name))?.subject;
}

/** The subjects that a command or an event changes. */
export function changedBy({ kind, name = '' }: Pick<Message, 'kind' | 'name'>): string[] {
  return matchers
    .filter((of) => (kind === 'event' ? of.event(name) : of.command(name)))
    .map(({ subject }) => subject);
}
