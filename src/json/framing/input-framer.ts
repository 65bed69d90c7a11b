/**
 * Frames what a client sends while it is not known yet whose rules its server follows: a QEMU's version is in
 * its greeting, and a guest agent shows its rules by its first refusal. Until then the classic rules cut the
 * frames, the eager ones look on, and a frame that only the classic rules know is marked.
 */
import { Framer, type FramerState, type FrameSink } from './framer.js';
import { classicInput, eagerInput } from './profile.js';
import type { MemberExtent } from '../scan.js';

/** By which rules a server reads, if that is known. */
export type InputRules = 'classic' | 'eager' | 'unknown';

/** Takes what an input framer cuts off. */
export interface InputSink extends FrameSink {
  /**
   * `doubtful`: by the eager rules these bytes belong to a message that was refused before, so a server that
   * follows those answers nothing to them. Never once the rules are known.
   */
  frame(
    bytes: Uint8Array,
    problem: string | undefined,
    members?: readonly MemberExtent[],
    doubtful?: boolean,
  ): void;
}

/** Can be cloned structurally. */
export interface InputFramerState {
  readonly rules: InputRules;
  readonly framer: FramerState;
  /** While the rules are unknown. */
  readonly eager?: FramerState | undefined;
  /** What the eager rules have refused of a frame that goes on by the classic ones. */
  readonly refused?: string | undefined;
}

/** An answer by the eager rules: at which byte of the input, and the refusal, if it is one. */
interface EagerAnswer {
  readonly at: number;
  readonly problem: string | undefined;
}

export class InputFramer {
  #rules: InputRules;
  #framer: Framer;
  #eager: Framer | undefined;
  /** Answers by the eager rules to which there is no classic frame yet: after a chunk, one at most. */
  readonly #answers: EagerAnswer[] = [];
  /** Bytes that went out by either rules, since the first byte that was pushed. */
  #classicOut: number;
  #eagerOut: number;
  readonly #onlooker: FrameSink = {
    frame: (bytes, problem) => {
      this.#eagerOut += bytes.length;
      this.#answers.push({ at: this.#eagerOut, problem });
    },
    trailer: (bytes) => {
      this.#eagerOut += bytes.length;
    },
  };

  constructor(saved?: InputFramerState) {
    this.#rules = saved?.rules ?? 'unknown';
    this.#classicOut = -(saved?.framer.pending.length ?? 0);
    this.#eagerOut = -(saved?.eager?.pending.length ?? 0);
    this.#framer = new Framer(this.#rules === 'eager' ? eagerInput : classicInput, saved?.framer);
    if (this.#rules !== 'unknown') return;
    this.#eager = new Framer(eagerInput, saved?.eager);
    if (saved?.refused !== undefined) this.#answers.push({ at: -Infinity, problem: saved.refused });
  }

  save(): InputFramerState {
    return {
      rules: this.#rules,
      framer: this.#framer.save(),
      eager: this.#eager?.save(),
      refused: this.#answers[0]?.problem,
    };
  }

  get rules(): InputRules {
    return this.#rules;
  }

  /** The frame emitted last is not at its end: the server skips what comes until then. */
  get goesOn(): boolean {
    return this.#framer.goesOn || this.#eager?.goesOn === true;
  }

  push(chunk: Uint8Array, sink: InputSink): void {
    if (this.#eager === undefined) {
      this.#framer.push(chunk, sink);
      return;
    }
    this.#eager.push(chunk, this.#onlooker);
    this.#framer.push(chunk, {
      frame: (bytes, problem, members) => {
        this.#classicOut += bytes.length;
        const answered = (this.#answers[0]?.at ?? Infinity) <= this.#classicOut;
        if (answered) this.#answers.shift();
        sink.frame(bytes, problem, members, !answered);
      },
      trailer: (bytes) => {
        this.#classicOut += bytes.length;
        sink.trailer(bytes);
      },
    });
  }

  /** The input ends here. What is left of it comes out; the framer is not to be used again. */
  end(sink: InputSink): void {
    this.#framer.end(sink);
  }

  /**
   * From now on only these rules hold. A frame that the eager rules have refused already comes out now. Without
   * effect if the rules were known.
   */
  decide(rules: 'classic' | 'eager', sink: InputSink): void {
    const eager = this.#eager;
    if (eager === undefined) return;
    this.#rules = rules;
    this.#eager = undefined;
    const [answer] = this.#answers.splice(0);
    if (rules === 'classic') return;
    const { pending } = this.#framer.save();
    const keeps = answer === undefined && !eager.goesOn;
    this.#framer = new Framer(eagerInput, {
      ...eager.save(),
      pending: keeps ? pending : new Uint8Array(0),
    });
    if (keeps || pending.length === 0) return;
    if (answer === undefined) sink.trailer(pending);
    else sink.frame(pending, answer.problem);
  }

  /** Bytes that somebody else sent to the same server between two frames: its lines and columns go on by them. */
  passOver(bytes: Uint8Array): void {
    (this.#eager ?? this.#framer).passOver(bytes);
  }
}
