/**
 * What is not over yet: commands without a response, and stories without an end. Running times are the
 * caller's to add.
 */
import type { Message } from '../../recording/message.js';
import type { RecordingReader } from '../../recording/ports.js';
import { collectStories, type Story } from './stories.js';

/** A command without a response. */
export interface PendingCommand {
  /** The command. */
  readonly message: Message;
  /** Its session is over: the response cannot come any more, or only to the next client. */
  readonly over: boolean;
  /** Nanoseconds to the end of its session; of one that runs, to its last message. Undefined where a log tells no times. */
  readonly waited: number | undefined;
}

/** What is not over yet. */
export interface Pending {
  /** The oldest first. */
  readonly commands: readonly PendingCommand[];
  /** Those that are unfinished. */
  readonly stories: readonly Story[];
}

/** More are not useful on a screen. */
const maxCommands = 1000;

/** Commands without a response and unfinished stories, of all sessions or of one. */
export function collectPending(reader: RecordingReader, session?: number): Pending {
  const ends = new Map<number, number>();
  const over = new Map(reader.sessions().map(({ id, ended }) => [id, ended]));
  const endOf = (id: number): number => {
    let end = ends.get(id) ?? over.get(id);
    if (end === undefined) {
      for (const { t } of reader.messages({ session: id, order: 'desc', limit: 1 })) end = t;
      ends.set(id, end ?? 0);
    }
    return end ?? 0;
  };
  const commands: PendingCommand[] = [];
  for (const message of reader.messages({
    session,
    where: { op: 'flag', field: 'pending' },
    limit: maxCommands,
  })) {
    const waited = message.untimed === true ? undefined : Math.max(0, endOf(message.session) - message.t);
    commands.push({ message, over: over.get(message.session) !== undefined, waited });
  }
  return { commands, stories: collectStories(reader, session).filter(({ end }) => end === undefined) };
}
