/**
 * Cuts one direction's bytes into frames where QEMU's parser sees messages
 * (`json_message_process_token`), whatever the chunks. Line breaks have no part in it.
 * By the classic rules a frame that is complete by its tokens may still be refused by `frameProblem`.
 */
import { ByteQueue } from './byte-queue.js';
import type { FramerProfile } from './profile.js';
import { Grammar, type GrammarState } from './grammar.js';
import { Lexer, type LexerState, token, type Token } from '../lexer.js';
import { MemberNotes } from './member-notes.js';
import { strayReason } from '../parse.js';
import { TextPosition, type TextPositionState } from './text-position.js';
import type { MemberExtent } from '../scan.js';

/**
 * Takes what a framer cuts off. Frames and trailers, one after the other, are the input, byte for
 * byte. `bytes` is a view that is valid only during the call.
 */
export interface FrameSink {
  /**
   * Called at the byte at which QEMU answers: the one that completes a frame or, by the eager rules, the last of the
   * first wrong token. White space before it is part of the frame. `problem` is the `desc` of the one error that
   * QEMU answers to it, or one of ours (`unfinished`, `tooLong`). `members`: what
   * `scanMembers` would find in a frame without a problem, where that is known already.
   */
  frame(bytes: Uint8Array, problem: string | undefined, members?: readonly MemberExtent[]): void;
  /**
   * More bytes of the frame emitted last: white space up to the end of its line, what QEMU discards after a
   * lexical error, or by the eager rules all that comes between a refused token and the frame's end.
   */
  trailer(bytes: Uint8Array): void;
}

/** The problem of a frame that the end of the input cut off. */
export const unfinished = 'unfinished at the end of the stream';

/** The problem of a frame, or of a piece of what follows it, that was cut because it grew too long. */
export const tooLong = 'longer than any message; cut here';

/** All that a framer remembers between two bytes; can be cloned structurally. */
export interface FramerState {
  readonly lexer: LexerState;
  readonly pending: Uint8Array;
  readonly phase: Phase;
  readonly emitted: boolean;
  readonly trailed: number;
  readonly braces: number;
  readonly brackets: number;
  readonly tokens: number;
  readonly tokenBytes: number;
  /** By the eager rules only. */
  readonly grammar?: GrammarState;
  readonly place?: TextPositionState;
}

/**
 * Where the bytes go: `trailing` follows a frame, up to the end of its line; `framing` collects the next frame;
 * the others go on in a frame that was emitted before its end, because it was too long or a token was refused.
 *
 *     framing ──end──► trailing ──LF, or any byte but white space──► framing
 *     framing ──too long──► overflowing ──end──► trailing
 *     framing ──wrong token──► refused ──end──► trailing
 */
type Phase = 'trailing' | 'framing' | 'overflowing' | 'refused';

export class Framer {
  readonly #profile: FramerProfile;
  readonly #lexer: Lexer;
  readonly #pending = new ByteQueue();
  readonly #members = new MemberNotes();
  readonly #grammar: Grammar | undefined;
  readonly #position: TextPosition | undefined;
  #phase: Phase = 'framing';
  /** Whether there is a frame that a trailer could belong to. */
  #emitted = false;
  /** Bytes that went out as trailers of the last frame. */
  #trailed = 0;
  #braces = 0;
  #brackets = 0;
  #tokens = 0;
  #tokenBytes = 0;

  constructor(profile: FramerProfile, saved?: FramerState) {
    this.#profile = profile;
    this.#lexer = new Lexer(profile.limits.tokenBytes, profile.nonFinite, saved?.lexer);
    if (profile.eager) {
      this.#grammar = new Grammar(saved?.grammar);
      this.#position = new TextPosition(saved?.place);
    }
    if (saved === undefined) return;
    this.#pending.append(saved.pending);
    this.#phase = saved.phase;
    this.#emitted = saved.emitted;
    this.#trailed = saved.trailed;
    this.#braces = saved.braces;
    this.#brackets = saved.brackets;
    this.#tokens = saved.tokens;
    this.#tokenBytes = saved.tokenBytes;
    if (saved.pending.length > 0) this.#members.giveUp();
  }

  save(): FramerState {
    return {
      lexer: this.#lexer.save(),
      pending: this.#pending.copy(),
      phase: this.#phase,
      emitted: this.#emitted,
      trailed: this.#trailed,
      braces: this.#braces,
      brackets: this.#brackets,
      tokens: this.#tokens,
      tokenBytes: this.#tokenBytes,
      ...(this.#grammar && { grammar: this.#grammar.save() }),
      ...(this.#position && { place: this.#position.save() }),
    };
  }

  /** The frame emitted last is not at its end: what comes until then belongs to it. */
  get goesOn(): boolean {
    return this.#phase === 'refused' || this.#phase === 'overflowing';
  }

  push(chunk: Uint8Array, sink: FrameSink): void {
    this.#position?.begin(chunk);
    for (let at = 0; at < chunk.length;) {
      at = this.#phase === 'trailing' ? this.#follow(chunk, at, sink) : this.#advance(chunk, at, sink);
    }
    this.#position?.end();
  }

  /** Bytes of another sender that the server reads between two frames: only lines and columns go on by them. */
  passOver(bytes: Uint8Array): void {
    this.#position?.begin(bytes);
    this.#position?.end();
  }

  /** The input ends here. What is left of it comes out; the framer is not to be used again. */
  end(sink: FrameSink): void {
    const rest = this.#pending.take();
    if (rest.length === 0) return;
    const begun = this.#lexer.midToken || this.#tokens > 0 || !this.#emitted;
    if (begun) sink.frame(rest, unfinished);
    else this.#trail(rest, sink);
  }

  /** After a frame: what was discarded, then white space to the end of the line. Gives the place after. */
  #follow(chunk: Uint8Array, from: number, sink: FrameSink): number {
    const end = chunk.length;
    let at = from;
    if (this.#lexer.recovering) {
      at = this.#lexer.recover(chunk, from, end);
      if (at < end) this.#position?.seenTwice(at);
    }
    while (at < end && isSpace(chunk[at] as number)) {
      if (chunk[at++] !== LF) continue;
      this.#phase = 'framing';
      break;
    }
    if (at < end) this.#phase = 'framing';
    if (at > from) this.#trail(chunk.subarray(from, at), sink);
    return at;
  }

  /** Goes on in a frame, to its end or to the end of the chunk. Gives the place after. */
  #advance(chunk: Uint8Array, from: number, sink: FrameSink): number {
    const room = this.#profile.limits.frameBytes - this.#pending.length;
    const to = Math.min(chunk.length, from + room);
    const begun = this.#pending.length - from;
    for (let at = from; ; at = this.#lexer.at) {
      const found = this.#lexer.next(chunk, at, to);
      if (found === token.none) break;
      const end = begun + this.#lexer.at;
      this.#members.note(found, end - this.#lexer.length, end);
      const ends = this.#ends(found);
      const problem = this.#grammar === undefined ? undefined : this.#judge(this.#grammar, found, chunk);
      if (problem !== undefined) {
        this.#refuse(chunk.subarray(from, this.#lexer.at), problem, ends, sink);
        return this.#lexer.at;
      }
      if (!ends) continue;
      this.#complete(chunk.subarray(from, this.#lexer.at), found, sink);
      return this.#lexer.at;
    }
    const bytes = chunk.subarray(from, to);
    if (this.goesOn) this.#trail(bytes, sink);
    else if (bytes.length < room) this.#pending.append(bytes);
    else this.#overflow(bytes, sink);
    return to;
  }

  /** By the eager rules: why QEMU refuses the message now, with this token; undefined if it does not. */
  #judge(grammar: Grammar, found: Token, chunk: Uint8Array): string | undefined {
    const problem = this.#phase === 'framing' ? this.#refusal(grammar, found, chunk) : undefined;
    const { at, length } = this.#lexer;
    if (found === token.number || found === token.keyword) this.#position?.seenTwice(at);
    else if (found === token.oversized) this.#position?.cut(at - length, at);
    return problem;
  }

  #refusal(grammar: Grammar, found: Token, chunk: Uint8Array): string | undefined {
    const text = () => this.#tokenText(chunk);
    const exceeded = found === token.error ? undefined : this.#exceeded();
    if (exceeded !== undefined) return exceeded;
    const reason = found === token.error ? strayReason(text()) : grammar.take(found, text);
    if (reason === undefined) return undefined;
    const place = this.#position?.of(this.#lexer.at - this.#lexer.length) ?? '';
    return `${place}: JSON parse error, ${reason}`;
  }

  /** The bytes of the token found last, which may have begun in an earlier chunk. */
  #tokenText(chunk: Uint8Array): Uint8Array {
    const { at, length } = this.#lexer;
    if (length <= at) return chunk.subarray(at - length, at);
    const text = new Uint8Array(length);
    text.set(this.#pending.last(length - at));
    text.set(chunk.subarray(0, at), length - at);
    return text;
  }

  /** `bytes` are the last up to a token that is refused; whether the message ends with it. */
  #refuse(bytes: Uint8Array, problem: string, ends: boolean, sink: FrameSink): void {
    this.#members.begin();
    this.#emit(this.#collect(bytes), problem, sink);
    if (ends) this.#beginMessage();
    else this.#phase = 'refused';
  }

  #beginMessage(): void {
    this.#tokens = this.#tokenBytes = this.#braces = this.#brackets = 0;
    this.#grammar?.begin();
  }

  /** Counts a token, as QEMU does; whether the message ends with it. */
  #ends(found: Token): boolean {
    if (found === token.openBrace) this.#braces++;
    else if (found === token.closeBrace) this.#braces--;
    else if (found === token.openBracket) this.#brackets++;
    else if (found === token.closeBracket) this.#brackets--;
    else if (found === token.error) return true;
    this.#tokens++;
    this.#tokenBytes += this.#lexer.length;
    // The two counters are apart: `{"a":[}` is open, `[{]}` ends at its `]`.
    const open = this.#braces >= 0 && this.#brackets >= 0 && this.#braces + this.#brackets > 0;
    return !open || (!this.#profile.eager && this.#exceeded() !== undefined);
  }

  /** The first limit that the tokens so far are beyond, as QEMU tells it. */
  #exceeded(): string | undefined {
    const limits = this.#profile.limits;
    if (this.#tokenBytes >= limits.tokenBytes) return 'JSON token size limit exceeded';
    if (this.#tokens > limits.tokens) return 'JSON token count limit exceeded';
    if (this.#braces + this.#brackets > limits.nesting) return 'JSON nesting depth limit exceeded';
    return undefined;
  }

  /** `bytes` are the last of a frame. */
  #complete(bytes: Uint8Array, last: Token, sink: FrameSink): void {
    const exceeded = this.#exceeded();
    this.#beginMessage();
    if (this.goesOn) {
      this.#members.begin();
      this.#trail(bytes, sink);
      this.#phase = 'trailing';
      return;
    }
    const frame = this.#collect(bytes);
    const stray = () => strayReason(frame.subarray(frame.length - this.#lexer.length));
    const problem = last === token.error ? `JSON parse error, ${stray()}` : exceeded;
    const members = problem === undefined ? this.#members.of(frame) : undefined;
    this.#members.begin();
    this.#emit(frame, problem, sink, members);
  }

  /** A frame has grown too long. Its message goes on, as QEMU sees it; the rest becomes its trailer. */
  #overflow(bytes: Uint8Array, sink: FrameSink): void {
    const midMessage = this.#lexer.midToken || this.#tokens > 0;
    this.#members.begin(); // the notes were of the frame before; a message that goes on is not asked for them
    this.#emit(this.#collect(bytes), tooLong, sink);
    if (midMessage) this.#phase = 'overflowing';
  }

  #collect(last: Uint8Array): Uint8Array {
    if (this.#pending.length === 0) return last;
    this.#pending.append(last);
    return this.#pending.take();
  }

  #emit(
    frame: Uint8Array,
    problem: string | undefined,
    sink: FrameSink,
    members?: readonly MemberExtent[],
  ): void {
    this.#emitted = true;
    this.#trailed = 0;
    this.#phase = 'trailing';
    sink.frame(frame, problem, members);
  }

  /** A trailer is bounded as a frame is: one byte begins a new frame, and the rest trails that. */
  #trail(bytes: Uint8Array, sink: FrameSink): void {
    const limit = this.#profile.limits.frameBytes;
    for (let rest = bytes; rest.length > 0;) {
      const whole = this.#trailed < limit;
      const length = whole ? Math.min(rest.length, limit - this.#trailed) : 1;
      const piece = rest.subarray(0, length);
      rest = rest.subarray(length);
      this.#trailed = whole ? this.#trailed + length : 0;
      if (whole) sink.trailer(piece);
      else sink.frame(piece, tooLong);
    }
  }
}

const LF = 0x0a;

function isSpace(byte: number): boolean {
  return byte === 0x20 || byte === 0x0d || byte === LF || byte === 0x09;
}
