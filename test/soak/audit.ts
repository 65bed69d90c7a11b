/** A process that reads finished recordings and says, session by session, what is in them. */
import { openRecording } from '../../src/index.js';
import type { SessionEnd } from '../../src/index.js';
import { Account } from './peers.js';

export interface AuditedSession {
  /** As the load numbers them. */
  readonly number: number;
  readonly end: SessionEnd | undefined;
  readonly c2s: string;
  readonly s2c: string;
}

export interface Audited {
  readonly sessions: readonly AuditedSession[];
  readonly trouble: string | undefined;
}

process.on('message', (path: string) => {
  process.send?.(attempt(path));
});
// What is asked before there is a listener is lost.
process.send?.('ready');

function attempt(path: string): Audited {
  try {
    return read(path);
  } catch (error) {
    return { sessions: [], trouble: String(error) };
  }
}

function read(path: string): Audited {
  const recording = openRecording(path);
  try {
    const sessions = recording.sessions().map(({ id, end }) => {
      const said = { c2s: new Account(), s2c: new Account() };
      let number: string | undefined;
      for (const message of recording.messages({ session: id })) {
        said[message.dir].add(message.raw, 1);
        number ??= /^"soak-(\d+)-/.exec(message.id ?? '')?.[1];
      }
      return { number: Number(number), end, c2s: said.c2s.close(), s2c: said.s2c.close() };
    });
    return { sessions, trouble: recording.info.incomplete };
  } finally {
    recording.close();
  }
}
