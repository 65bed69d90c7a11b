/**
 * The tap of one direction of a session: frames its bytes, and gives each frame with what follows it in
 * the same chunk. Knows no pairing; `session-tap.ts` has both directions.
 */
import { classicInput, serverOutput } from '../json/framing/profile.js';
import { Framer, type FramerState, type FrameSink } from '../json/framing/framer.js';
import type { MemberExtent } from '../json/scan.js';
import { type Classified, classifyClient, classifyServer } from '../qmp/message.js';
import type { Direction } from '../recording/message.js';
import type { NewMessage } from '../recording/ports.js';

/** Can be cloned structurally. */
export interface LegState {
  readonly framer: FramerState;
  readonly waitingFds: number;
  readonly lastSeq: number;
}

/** Between a frame and what follows it in the same chunk, so that both are written at once. */
export type Held = { -readonly [Key in keyof NewMessage]: NewMessage[Key] };

/** Who makes messages of frames, and keeps them. */
export interface LegOwner {
  /** Makes a message of a frame, with the next number. */
  understand(
    dir: Direction,
    t: number,
    raw: Uint8Array,
    what: Classified,
    fds: number,
    injected: boolean,
  ): Held;
  write(message: Held): void;
  /** More bytes of a message that was written. */
  append(seq: number, bytes: Uint8Array): void;
}

/** One direction of a session. */
export class Leg implements FrameSink {
  readonly #owner: LegOwner;
  readonly #dir: Direction;
  readonly #framer: Framer;
  readonly #injected: boolean;
  #lastSeq: number;
  #held: Held | undefined;
  #t = 0;
  #chunk: Uint8Array | undefined;
  #ending = false;
  /** Descriptors that wait for the message that carried them to be complete. */
  waitingFds: number;

  constructor(owner: LegOwner, dir: Direction, state?: LegState, injected = false) {
    this.#owner = owner;
    this.#dir = dir;
    this.#framer = new Framer(dir === 'c2s' ? classicInput : serverOutput, state?.framer);
    this.#lastSeq = state?.lastSeq ?? 0;
    this.#injected = injected;
    this.waitingFds = state?.waitingFds ?? 0;
  }

  push(t: number, bytes: Uint8Array, fds: number): void {
    this.#t = t;
    this.waitingFds += fds;
    this.#chunk = bytes;
    this.#framer.push(bytes, this);
    this.#release();
    this.#chunk = undefined;
  }

  end(t: number): void {
    this.#t = t;
    this.#ending = true;
    this.#framer.end(this);
    this.#release();
  }

  frame(bytes: Uint8Array, problem: string | undefined, members?: readonly MemberExtent[]): void {
    this.#release();
    // What does not lie in the chunk lies in the framer's buffer, which the next frame uses again.
    const raw = bytes.buffer === this.#chunk?.buffer ? bytes : bytes.slice();
    const held = this.#owner.understand(
      this.#dir,
      this.#t,
      raw,
      this.#classify(raw, problem, members),
      this.waitingFds,
      this.#injected,
    );
    this.waitingFds = 0;
    this.#lastSeq = held.seq;
    this.#held = held;
  }

  trailer(bytes: Uint8Array): void {
    const held = this.#held;
    if (held !== undefined) held.raw = joined(held.raw, bytes);
    else if (this.#lastSeq > 0) this.#owner.append(this.#lastSeq, bytes);
    else this.frame(bytes, undefined); // white space and nothing else, up to the close
  }

  save(): LegState {
    return { framer: this.#framer.save(), waitingFds: this.waitingFds, lastSeq: this.#lastSeq };
  }

  #classify(
    bytes: Uint8Array,
    problem: string | undefined,
    members: readonly MemberExtent[] | undefined,
  ): Classified {
    if (this.#ending)
      return { kind: 'partial', name: undefined, id: undefined, oob: false, problem: undefined };
    const classify = this.#dir === 'c2s' ? classifyClient : classifyServer;
    return classify(bytes, problem, members);
  }

  #release(): void {
    if (this.#held === undefined) return;
    this.#owner.write(this.#held);
    this.#held = undefined;
  }
}

/** Two stretches as one, without a copy where they lie side by side in one chunk. */
function joined(first: Uint8Array, second: Uint8Array): Uint8Array {
  if (first.buffer === second.buffer && first.byteOffset + first.length === second.byteOffset) {
    return new Uint8Array(first.buffer, first.byteOffset, first.length + second.length);
  }
  const both = new Uint8Array(first.length + second.length);
  both.set(first);
  both.set(second, first.length);
  return both;
}
