/** Recordings in memory, made by playing conversations with times, labels and ends through the real tap. */
import { Tap } from '../../src/proxy/tap.js';
import { MemoryRecording } from '../../src/recording/memory.js';
import type { SessionEnd, SessionStart } from '../../src/recording/session.js';

/** Who speaks, what (text as it is, anything else as JSON), and how many milliseconds after the line before. */
export type Line = readonly [arrow: '->' | '<-', said: unknown, after?: number];

export interface Conversation {
  readonly lines: readonly Line[];
  readonly label?: string;
  /** Microseconds since 1970. */
  readonly started?: number;
  /** The server's address; sessions with the same server follow each other. */
  readonly server?: string;
  /** Undefined: the session is still open. */
  readonly end?: SessionEnd | undefined;
}

const encoder = new TextEncoder();

/** Plays the sessions one after the other; without `end`, each ends when the client closes. */
export function played(...sessions: readonly (Conversation | readonly Line[])[]): MemoryRecording {
  const recording = new MemoryRecording();
  const tap = new Tap(recording);
  sessions.forEach((session, index) => {
    play(tap, index + 1, 'lines' in session ? session : { lines: session });
  });
  return recording;
}

function play(tap: Tap, id: number, conversation: Conversation): void {
  const { label, lines, started = 0, server = 'unix:/server' } = conversation;
  const start: SessionStart = {
    label,
    dialect: undefined,
    client: { address: 'unix:/client' },
    server: { address: server },
    started,
  };
  tap.open(id, start, 0);
  let t = 0;
  for (const [arrow, said, after = 1] of lines) {
    t += after * 1_000_000;
    const text = typeof said === 'string' ? said : JSON.stringify(said);
    tap.chunk(id, arrow === '->' ? 'c2s' : 's2c', t, encoder.encode(`${text}\r\n`), 0);
  }
  const end = 'end' in conversation ? conversation.end : 'client-closed';
  if (end !== undefined) tap.close(id, t, end, undefined);
}

/** A command and its response; ids count by themselves if the name is not enough. */
export function exchange(name: string, given?: object, returned: unknown = {}, took = 1): Line[] {
  return [
    ['->', { execute: name, ...(given === undefined ? {} : { arguments: given }) }],
    ['<-', { return: returned }, took],
  ];
}
