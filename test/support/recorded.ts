/** Recordings in memory of conversations that are written as plain lines. */
import type { MemoryRecording } from '../../src/recording/memory.js';
import type { SessionStart } from '../../src/recording/session.js';
import { type Conversation, played } from './conversation.js';

/** `-> …` what the client sent, `<- …` what the server sent; CRLF is added. One millisecond a line. */
export type Script = readonly string[];

export const greeting =
  '{"QMP": {"version": {"qemu": {"micro": 22, "minor": 2, "major": 7}, "package": ""}, "capabilities": ["oob"]}}';

export function latin1(text: string): Uint8Array {
  return Uint8Array.from(text, (unit) => unit.charCodeAt(0));
}

/** Each script is one session. */
export function recorded(...scripts: readonly Script[]): MemoryRecording {
  return played(...scripts.map(conversationOf));
}

/** A script as a conversation, which ends a millisecond after its last line. */
export function conversationOf(script: Script): Conversation {
  const lines = script.map((line) => [line.startsWith('->') ? '->' : '<-', latin1(line.slice(3))] as const);
  return { lines, start: sessionStart(), endAfter: 1 };
}

export function sessionStart(start: Partial<SessionStart> = {}): SessionStart {
  return {
    label: undefined,
    dialect: undefined,
    client: { address: 'unix:/c' },
    server: { address: 'unix:/s' },
    started: 1_795_165_949_000_000,
    ...start,
  };
}
