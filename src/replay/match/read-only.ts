/**
 * What a replayed client may send to a server that must stay as it is. Declared as data.
 */
import { compileGlob } from '../../text/glob.js';
import type { Message } from '../../recording/message.js';

/** Names that only ask, and what a session cannot begin without. */
export const readOnlyCommands: readonly string[] = [
  'query-*',
  'qmp_capabilities',
  'guest-sync',
  'guest-sync-delimited',
  'guest-ping',
  'guest-info',
  'guest-get-*',
  'guest-network-get-*',
];

const globs = readOnlyCommands.map(compileGlob);

/** Whether a message of the client changes nothing; a lone 0xFF only resets the server's parser. */
export function isReadOnly({ kind, name }: Pick<Message, 'kind' | 'name'>): boolean {
  if (kind === 'sync') return true;
  return kind === 'command' && name !== undefined && globs.some((matches) => matches(name));
}
