/**
 * Which sessions are with one and the same server: the same address and label, one after the other, and the server
 * did not close in between. Sessions may come to be known one by one.
 */
import type { Session } from '../recording/session.js';

export class ServerNumbers {
  /** By session. */
  readonly #numbers = new Map<number, number>();
  /** The newest session at each address. */
  readonly #last = new Map<string, Session>();
  #count = 0;

  /** The sessions as they are now, in the order of their beginning. */
  learn(sessions: readonly Session[]): void {
    for (const session of sessions) {
      const key = JSON.stringify([session.server.address, session.label, session.dialect]);
      const before = this.#last.get(key);
      if (!this.#numbers.has(session.id)) {
        const same =
          before !== undefined && goesOn(before, session) ? this.#numbers.get(before.id) : undefined;
        this.#numbers.set(session.id, same ?? ++this.#count);
      }
      if (before === undefined || before.id <= session.id) this.#last.set(key, session);
    }
  }

  /** The number of a session's server, from 1; undefined of a session that is not known. */
  of(session: number): number | undefined {
    return this.#numbers.get(session);
  }
}

function goesOn(before: Session, next: Session): boolean {
  if (before.ended === undefined || before.end?.startsWith('client') !== true) return false;
  return before.started + before.ended / 1000 <= next.started;
}
