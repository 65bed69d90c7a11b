/** Runs a framer over bytes and collects what it cuts off. */
import { Framer, type FrameSink } from '../../src/json/framing/framer.js';
import type { FramerProfile } from '../../src/json/framing/profile.js';

/** A frame and all its trailers, as text in which each character is one byte. */
export interface CollectedFrame {
  readonly text: string;
  /** Of these, what was the frame itself. */
  readonly length: number;
  readonly problem: string | undefined;
}

/** Keeps copies, as whoever collects frames must. */
export class FrameCollector implements FrameSink {
  readonly frames: CollectedFrame[] = [];

  frame(bytes: Uint8Array, problem: string | undefined): void {
    this.frames.push({ text: latin1(bytes), length: bytes.length, problem });
  }

  trailer(bytes: Uint8Array): void {
    const last = this.frames.pop();
    if (last === undefined) throw new Error('a trailer before any frame');
    if (bytes.length === 0) throw new Error('an empty trailer');
    this.frames.push({ ...last, text: last.text + latin1(bytes) });
  }
}

/** The frames of chunks that come one after the other, to the end of the input. */
export function framesOf(profile: FramerProfile, ...chunks: readonly Uint8Array[]): CollectedFrame[] {
  const collector = new FrameCollector();
  const framer = new Framer(profile);
  for (const chunk of chunks) framer.push(chunk, collector);
  framer.end(collector);
  return collector.frames;
}

export function latin1(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('latin1');
}

export function fromLatin1(text: string): Uint8Array {
  return new Uint8Array(Buffer.from(text, 'latin1'));
}
