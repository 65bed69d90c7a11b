/** Recordings made in memory from a conversation written as text, through the real tap. */
import { Tap } from '../../src/proxy/tap.js';
import { MemoryRecording } from '../../src/recording/memory.js';
import type { SessionStart } from '../../src/recording/session.js';

/** `-> …` what the client sent, `<- …` what the server sent; CRLF is added. One millisecond a line. */
export type Script = readonly string[];

export const greeting =
  '{"QMP": {"version": {"qemu": {"micro": 22, "minor": 2, "major": 7}, "package": ""}, "capabilities": ["oob"]}}';

export function latin1(text: string): Uint8Array {
  return Uint8Array.from(text, (unit) => unit.charCodeAt(0));
}

/** Each script is one session. */
export function recorded(...scripts: readonly Script[]): MemoryRecording {
  const recording = new MemoryRecording();
  const tap = new Tap(recording);
  scripts.forEach((script, index) => {
    const id = index + 1;
    tap.open(id, sessionStart(), 0);
    script.forEach((line, place) => {
      const dir = line.startsWith('->') ? 'c2s' : 's2c';
      tap.chunk(id, dir, (place + 1) * 1e6, latin1(`${line.slice(3)}\r\n`), 0);
    });
    tap.close(id, (script.length + 1) * 1e6, 'client-closed', undefined);
  });
  return recording;
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
