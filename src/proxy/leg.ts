/**
 * The tap of one direction of a session: frames its bytes, and gives each frame with what follows it in
 * the same chunk. `session-tap.ts` has both directions, and pairs what they give.
 */
import { Framer, type FramerState } from '../json/framing/framer.js';
import { InputFramer, type InputFramerState, type InputSink } from '../json/framing/input-framer.js';
import { serverOutput } from '../json/framing/profile.js';
import type { MemberExtent } from '../json/scan.js';
import { type Classified, classifyClient, classifyServer } from '../qmp/message.js';
import type { Direction } from '../recording/message.js';
import type { NewMessage } from '../recording/ports.js';

/** Can be cloned structurally. */
export interface LegState {
  /** Of the client's direction an `InputFramerState`; before qmptap knew two sets of rules, a `FramerState`. */
  readonly framer: FramerState | InputFramerState;
  readonly waitingFds: number;
  readonly lastSeq: number;
}

/** Between a frame and what follows it in the same chunk, so that both are written at once. */
export type Held = { -readonly [Key in keyof NewMessage]: NewMessage[Key] };

/** A frame, and what is known of it. */
export interface Framed {
  readonly dir: Direction;
  /** When its last byte came. */
  readonly t: number;
  readonly raw: Uint8Array;
  readonly what: Classified;
  readonly fds: number;
  readonly injected: boolean;
  /** Malformed by rules that the server may not follow: then it is not answered. */
  readonly doubtful: boolean;
}

/** Who makes messages of frames, and keeps them. */
export interface LegOwner {
  /** Makes a message of a frame, with the next number. */
  understand(framed: Framed): Held;
  write(message: Held): void;
  /** More bytes of a message that was written. */
  append(seq: number, bytes: Uint8Array): void;
}

/** One direction of a session. */
export class Leg implements InputSink {
  readonly #owner: LegOwner;
  readonly #dir: Direction;
  readonly #framer: Framer | InputFramer;
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
    this.#framer = dir === 'c2s' ? inputFramer(state?.framer) : outputFramer(state?.framer);
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

  /** Of the client's direction: the server's rules are known from now on, if they were not. */
  decide(rules: 'classic' | 'eager'): void {
    if (!(this.#framer instanceof InputFramer)) return;
    this.#framer.decide(rules, this);
    this.#release();
  }

  /** Whether the server's rules are known. */
  get decided(): boolean {
    return !(this.#framer instanceof InputFramer) || this.#framer.rules !== 'unknown';
  }

  /** The server has read these bytes of another sender between two of this one's frames. */
  passOver(bytes: Uint8Array): void {
    if (this.#framer instanceof InputFramer) this.#framer.passOver(bytes);
  }

  frame(
    bytes: Uint8Array,
    problem: string | undefined,
    members?: readonly MemberExtent[],
    doubtful = false,
  ): void {
    this.#release();
    // What does not lie in the chunk lies in the framer's buffer, which the next frame uses again.
    const raw = bytes.buffer === this.#chunk?.buffer ? bytes : bytes.slice();
    const held = this.#owner.understand({
      dir: this.#dir,
      t: this.#t,
      raw,
      what: this.#classify(raw, problem, members),
      fds: this.waitingFds,
      injected: this.#injected,
      doubtful,
    });
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

function inputFramer(saved: LegState['framer'] | undefined): InputFramer {
  return new InputFramer(
    saved === undefined || 'rules' in saved ? saved : { rules: 'classic', framer: saved },
  );
}

function outputFramer(saved: LegState['framer'] | undefined): Framer {
  return new Framer(serverOutput, saved !== undefined && 'rules' in saved ? saved.framer : saved);
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
