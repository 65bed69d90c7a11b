/**
 * Cuts bytes into tokens exactly as QEMU does (`json_lexer_feed`), in pieces of any size. Escapes and UTF-8 in
 * strings are not checked here; the parser does that.
 */

/** What `next` found. One to six are also the classes of their bytes. */
export const token = {
  /** The bytes are used up. */
  none: 0,
  openBrace: 1,
  closeBrace: 2,
  openBracket: 3,
  closeBracket: 4,
  colon: 5,
  comma: 6,
  string: 7,
  number: 8,
  keyword: 9,
  /** A byte that can continue nothing; it belongs to the token, and recovery begins. */
  error: 10,
  /** A single token beyond the limit, cut where it crossed it; the next byte begins afresh. */
  oversized: 11,
} as const;
export type Token = (typeof token)[keyof typeof token];

/** Between two bytes the lexer is in one of these. */
const state = {
  start: 0,
  recovery: 1,
  doubleQuoted: 2,
  doubleQuotedEscape: 3,
  singleQuoted: 4,
  singleQuotedEscape: 5,
  minus: 6,
  zero: 7,
  integer: 8,
  point: 9,
  fraction: 10,
  exponent: 11,
  exponentSign: 12,
  exponentDigits: 13,
  keyword: 14,
} as const;

const BACKSLASH = 0x5c;
const DOUBLE_QUOTE_BYTE = 0x22;
const SINGLE_QUOTE_BYTE = 0x27;
const POINT_BYTE = 0x2e;

/** Instead of a state: the number ended before this byte; the byte cannot be part of a number. */
const ENDED = -1;
const BROKEN = -2;

/** Classes of bytes that begin a token of several bytes, in the order of `firstState`. */
const SPACE = 16;
const DOUBLE_QUOTE = 17;
const SINGLE_QUOTE = 18;
const MINUS = 19;
const ZERO = 20;
const DIGIT = 21;
const LETTER = 22;
const firstState = [
  state.doubleQuoted,
  state.singleQuoted,
  state.minus,
  state.zero,
  state.integer,
  state.keyword,
];

/** What a byte begins, by byte: 0 for nothing. */
const begins = new Uint8Array(256);
for (const [characters, what] of [
  ['{', token.openBrace],
  ['}', token.closeBrace],
  ['[', token.openBracket],
  [']', token.closeBracket],
  [':', token.colon],
  [',', token.comma],
  [' \t\r\n', SPACE],
  ['"', DOUBLE_QUOTE],
  ["'", SINGLE_QUOTE],
  ['-', MINUS],
  ['0', ZERO],
  ['123456789', DIGIT],
  ['abcdefghijklmnopqrstuvwxyz', LETTER],
] as const) {
  for (const character of characters) begins[character.charCodeAt(0)] = what;
}

/** Whether a byte ends recovery: structure, control characters but TAB, and 0xFE and 0xFF. */
const endsRecovery = new Uint8Array(256);
endsRecovery.fill(1, 0, 0x20).fill(1, 0xfe);
endsRecovery[0x09] = 0;
for (const character of '{}[]:,') endsRecovery[character.charCodeAt(0)] = 1;

/** Inside a string, by byte: 0 goes on. */
const stopsDoubleQuoted = stringStops('"');
const stopsSingleQuoted = stringStops("'");

function stringStops(quote: string): Uint8Array {
  const stops = new Uint8Array(256).fill(1, 0, 0x20).fill(1, 0xfe);
  stops[BACKSLASH] = 1;
  stops[quote.charCodeAt(0)] = 1;
  return stops;
}

/** States of a number in which digits change nothing, by state. */
const takesDigits = new Uint8Array(state.keyword);
for (const each of [state.integer, state.fraction, state.exponentDigits]) takesDigits[each] = 1;

function isDigit(byte: number): boolean {
  return byte >= 0x30 && byte <= 0x39;
}

/** All that a lexer remembers between two bytes. */
export interface LexerState {
  readonly state: number;
  readonly length: number;
}

export class Lexer {
  /** Where the last call stopped: after the token, or before the byte that showed its end. */
  at = 0;
  /** Bytes of the token found last, or of the one that is not yet complete. */
  length = 0;
  #state: number = state.start;
  readonly #longest: number;
  readonly #nonFinite: boolean;

  /** `longest`: bytes of a single token. `nonFinite`: `-inf` and `-nan` are keywords as well. */
  constructor(longest: number, nonFinite: boolean, saved?: LexerState) {
    this.#longest = longest;
    this.#nonFinite = nonFinite;
    if (saved !== undefined) {
      this.#state = saved.state;
      this.length = saved.length;
    }
  }

  save(): LexerState {
    return { state: this.#state, length: this.length };
  }

  /** Whether a token has begun that is not complete. */
  get midToken(): boolean {
    return this.#state !== state.start && this.#state !== state.recovery;
  }

  get recovering(): boolean {
    return this.#state === state.recovery;
  }

  /** After an error: skips what QEMU discards, up to a byte that may begin a token; gives its place. */
  recover(bytes: Uint8Array, from: number, to: number): number {
    let at = from;
    while (at < to && endsRecovery[bytes[at] as number] === 0) at++;
    if (at < to) this.#state = state.start;
    return at;
  }

  /** Finds the next token's end in `bytes` from `from` to `to`; not to be called while recovering. */
  next(bytes: Uint8Array, from: number, to: number): Token {
    let at = from;
    if (this.#state === state.start) {
      while (at < to && begins[bytes[at] as number] === SPACE) at++;
      this.length = 0;
      if (at === to) return this.#stop(at, token.none);
      const what = begins[bytes[at++] as number] as number;
      this.length = 1;
      if (what === 0) return this.#fail(at);
      if (what <= token.comma) return this.#stop(at, what as Token);
      this.#state = firstState[what - DOUBLE_QUOTE] as number;
    }
    const end = Math.min(to, at + this.#longest + 1 - this.length);
    const found = this.#continue(bytes, at, end);
    this.length += this.at - at;
    if (found !== token.none) return found;
    if (this.length <= this.#longest) return token.none;
    this.#state = state.start;
    return token.oversized;
  }

  /** The input ends here: gives the token that the end completes, an error, or none. */
  flush(): Token {
    const last = this.#state;
    if (last === state.recovery) return token.none;
    this.#state = state.start;
    if (last === state.start) return token.none;
    if (last === state.keyword) return token.keyword;
    const whole =
      last === state.zero ||
      last === state.integer ||
      last === state.fraction ||
      last === state.exponentDigits;
    return whole ? token.number : token.error;
  }

  #continue(bytes: Uint8Array, from: number, to: number): Token {
    switch (this.#state) {
      case state.doubleQuoted:
      case state.doubleQuotedEscape:
        return this.#string(bytes, from, to, DOUBLE_QUOTE_BYTE);
      case state.singleQuoted:
      case state.singleQuotedEscape:
        return this.#string(bytes, from, to, SINGLE_QUOTE_BYTE);
      case state.keyword:
        return this.#keyword(bytes, from, to);
      default:
        return this.#number(bytes, from, to);
    }
  }

  #string(bytes: Uint8Array, from: number, to: number, quote: number): Token {
    let at = from;
    const double = quote === DOUBLE_QUOTE_BYTE;
    const escape = double ? state.doubleQuotedEscape : state.singleQuotedEscape;
    const inside = double ? state.doubleQuoted : state.singleQuoted;
    const stops = double ? stopsDoubleQuoted : stopsSingleQuoted;
    for (;;) {
      if (this.#state === escape) {
        if (at === to) return this.#stop(at, token.none);
        const escaped = bytes[at++] as number;
        if (escaped < 0x20 || escaped >= 0xfe) return this.#fail(at);
        this.#state = inside;
      }
      while (at < to && stops[bytes[at] as number] === 0) at++;
      if (at === to) return this.#stop(at, token.none);
      const byte = bytes[at++] as number;
      if (byte === quote) return this.#end(at, token.string);
      if (byte !== BACKSLASH) return this.#fail(at);
      this.#state = escape;
    }
  }

  #keyword(bytes: Uint8Array, from: number, to: number): Token {
    let at = from;
    while (at < to && begins[bytes[at] as number] === LETTER) at++;
    return at === to ? this.#stop(at, token.none) : this.#end(at, token.keyword);
  }

  #number(bytes: Uint8Array, from: number, to: number): Token {
    for (let at = from; at < to; at++) {
      if (takesDigits[this.#state] === 1) {
        while (at < to && isDigit(bytes[at] as number)) at++;
        if (at === to) break;
      }
      const next = this.#numberState(bytes[at] as number);
      if (next === ENDED) return this.#end(at, token.number);
      if (next === BROKEN) return this.#fail(at + 1);
      this.#state = next;
      if (next === state.keyword) return this.#keyword(bytes, at + 1, to);
    }
    return this.#stop(to, token.none);
  }

  /** Where a byte leads from within a number. */
  #numberState(byte: number): number {
    const digit = isDigit(byte);
    const exponent = byte === 0x65 || byte === 0x45;
    switch (this.#state) {
      case state.minus:
        if (digit) return byte === 0x30 ? state.zero : state.integer;
        return this.#nonFinite && begins[byte] === LETTER ? state.keyword : BROKEN;
      case state.zero:
        if (digit) return BROKEN;
        return byte === POINT_BYTE ? state.point : ENDED;
      case state.integer:
        if (digit) return state.integer;
        if (byte === POINT_BYTE) return state.point;
        return exponent ? state.exponent : ENDED;
      case state.fraction:
        if (digit) return state.fraction;
        return exponent ? state.exponent : ENDED;
      case state.point:
        return digit ? state.fraction : BROKEN;
      case state.exponent:
        if (digit) return state.exponentDigits;
        return byte === 0x2b || byte === 0x2d ? state.exponentSign : BROKEN;
      case state.exponentSign:
        return digit ? state.exponentDigits : BROKEN;
      default:
        return digit ? state.exponentDigits : ENDED;
    }
  }

  #stop(at: number, found: Token): Token {
    this.at = at;
    return found;
  }

  #end(at: number, found: Token): Token {
    this.at = at;
    this.#state = state.start;
    return found;
  }

  #fail(at: number): Token {
    this.at = at;
    this.#state = state.recovery;
    return token.error;
  }
}
