/**
 * Recordings made by playing conversations through the real tap: the one maker of them, whatever they are written
 * as (`recorded.ts`: plain lines) and wherever they go (`recording-file.ts`: a file).
 */
import { Tap } from '../../src/proxy/tap.js';
import { MemoryRecording } from '../../src/recording/memory.js';
import type { TrafficSink } from '../../src/recording/ports.js';
import type { SessionEnd, SessionStart } from '../../src/recording/session.js';

/**
 * Who speaks, what (text and bytes as they are, anything else as JSON; CRLF is added), and how many milliseconds
 * after the line before.
 */
export type Line = readonly [arrow: '->' | '<-', said: unknown, after?: number];

export interface Conversation {
  readonly lines: readonly Line[];
  readonly label?: string;
  /** Microseconds since 1970. */
  readonly started?: number;
  /** The server's address; sessions with the same server follow each other. */
  readonly server?: string;
  /** Who speaks; without it, a client at unix:/client with that server. */
  readonly start?: SessionStart;
  /** Milliseconds from the last line to the end. */
  readonly endAfter?: number;
  /** Undefined: the session is still open. */
  readonly end?: SessionEnd | undefined;
}

const encoder = new TextEncoder();

/** Plays the sessions one after the other; without `end`, each ends when the client closes. */
export function played(...sessions: readonly (Conversation | readonly Line[])[]): MemoryRecording {
  const recording = new MemoryRecording();
  const tap = new Tap(recording);
  sessions.forEach((session, index) => {
    const conversation = 'lines' in session ? session : { lines: session };
    tap.open(index + 1, startOf(conversation), 0);
    play(tap, index + 1, conversation);
  });
  return recording;
}

export function startOf(conversation: Conversation): SessionStart {
  const { label, started = 0, server = 'unix:/server' } = conversation;
  const start: SessionStart = {
    label,
    dialect: undefined,
    client: { address: 'unix:/client' },
    server: { address: server },
    started,
  };
  return conversation.start ?? start;
}

/** What takes the traffic of a session that is open. */
export type Listener = Pick<TrafficSink, 'chunk' | 'close'>;

/** Plays what is said in a session, and its end. */
export function play(to: Listener, id: number, conversation: Conversation): void {
  const { lines, endAfter = 0 } = conversation;
  let t = 0;
  for (const [arrow, said, after = 1] of lines) {
    t += after * 1_000_000;
    to.chunk(id, { dir: arrow === '->' ? 'c2s' : 's2c', t, bytes: bytesOf(said), fds: 0 });
  }
  const end = 'end' in conversation ? conversation.end : 'client-closed';
  if (end !== undefined) to.close(id, t + endAfter * 1_000_000, end, undefined);
}

function bytesOf(said: unknown): Uint8Array {
  if (said instanceof Uint8Array) return Buffer.concat([said, encoder.encode('\r\n')]);
  return encoder.encode(`${typeof said === 'string' ? said : JSON.stringify(said)}\r\n`);
}

/** A command and its response; ids count by themselves if the name is not enough. */
export function exchange(name: string, given?: object, returned: unknown = {}, took = 1): Line[] {
  return [
    ['->', { execute: name, ...(given === undefined ? {} : { arguments: given }) }],
    ['<-', { return: returned }, took],
  ];
}
