/** Who holds the monitor: the commands that wait for a response, kept up to date as the recording grows. */
import type { RecordingReader } from '../recording/ports.js';
import type { Session } from '../recording/session.js';
import { sessionNow } from './clock.js';

export interface PendingCommand {
  readonly index: number;
  readonly session: number;
  readonly seq: number;
  readonly name: string;
  /** Nanoseconds since its session began. */
  readonly t: number;
  /** Its session goes on, so an answer may still come. */
  readonly running: boolean;
  /** Nanoseconds by now, or up to the session's end. */
  readonly age: number;
}

/** A client that floods and never reads must not fill our memory. */
const most = 500;

/** The unanswered commands: those that may still be answered first, each group the oldest first. */
export class Pending {
  readonly #reader: RecordingReader;
  #found: readonly Omit<PendingCommand, 'running' | 'age'>[] = [];
  #count = -1;

  constructor(reader: RecordingReader) {
    this.#reader = reader;
  }

  /** Looks anew, if messages came since the last time. */
  refresh(): void {
    const count = this.#reader.count();
    if (count === this.#count) return;
    this.#count = count;
    const messages = this.#reader.messages({ where: { op: 'pending' }, order: 'desc', limit: most });
    this.#found = Array.from(messages, ({ index, session, seq, name, t }) => {
      return { index, session, seq, t, name: name ?? '(no name)' };
    }).reverse();
  }

  list(sessions: ReadonlyMap<number, Session>, live: boolean): readonly PendingCommand[] {
    const all = this.#found.flatMap((found): PendingCommand[] => {
      const session = sessions.get(found.session);
      if (session === undefined) return [];
      const running = live && session.ended === undefined;
      return [{ ...found, running, age: sessionNow(session, live, found.t) - found.t }];
    });
    return all.sort((a, b) => Number(b.running) - Number(a.running) || b.age - a.age);
  }
}
