/**
 * What a replayed client may send to a server that must stay as it is. Declared as data.
 */
import type { Message } from '../../recording/message.js';
import { questions } from '../../recording/questions.js';
import { compileGlob } from '../../text/glob.js';
import { negotiation } from '../plan/plan.js';

/** Whoever asks how a process ended takes that answer away from others. */
const consuming = 'guest-exec-status';

/** Names that only ask, and what a session cannot begin without. */
export const readOnlyCommands: readonly string[] = [
  ...questions.filter((name) => name !== consuming),
  negotiation,
];

const globs = readOnlyCommands.map(compileGlob);

/** Whether a message of the client changes nothing; a lone 0xFF only resets the server's parser. */
export function isReadOnly({ kind, name }: Pick<Message, 'kind' | 'name'>): boolean {
  if (kind === 'sync') return true;
  return kind === 'command' && name !== undefined && globs.some((matches) => matches(name));
}
