/**
 * The tap: raw chunks of both directions in, recorded messages out. Frames, classifies and pairs.
 * Knows no socket and no file; never fails on what a peer sent; the same bytes give the same messages,
 * however they were split.
 */
import type { RecordingWriter } from '../recording/ports.js';
import type { Direction } from '../recording/message.js';
import type { SessionEnd, SessionStart } from '../recording/session.js';

/** All that a tap remembers between chunks. Can be cloned structurally. */
export interface TapState {
  readonly sessions: readonly unknown[];
}

export class Tap {
  constructor(_writer: RecordingWriter, _state?: TapState) {}

  open(_session: number, _start: SessionStart, _t: number): void {
    throw new Error('being written');
  }

  chunk(_session: number, _dir: Direction, _t: number, _bytes: Uint8Array, _fds: number): void {}

  inject(_session: number, _t: number, _bytes: Uint8Array): void {}

  note(_session: number, _t: number, _text: string): void {}

  close(_session: number, _t: number, _end: SessionEnd, _reason: string | undefined): void {}

  /** Everything needed to go on from here in another process. */
  save(): TapState {
    return { sessions: [] };
  }
}
