/**
 * Parses bytes by the rules of QEMU's parser (`json_parser_parse`), with its error messages: single quotes,
 * modified UTF-8, no duplicate keys. The first problem is reported. `framing/framer.ts` finds where a message ends.
 */
import { JsonError } from '../errors.js';
import { Lexer, token, type Token } from './lexer.js';
import { ascii, decodeString } from './string.js';
import { quoted } from './utf8.js';
import { JsonNumber, type JsonObject, type JsonValue, nonFinite } from './value.js';

/** What is accepted beyond QEMU's parser. */
export interface ParseOptions {
  /** Accept `inf`, `-inf`, `nan` and `-nan` as numbers: QEMU prints them, but does not read them. Default: false. */
  readonly nonFinite?: boolean | undefined;
}

/** QEMU's `MAX_NESTING`: `{` and `[` that are open at once. */
const MAX_NESTING = 1024;

/** QEMU formats its parser's messages into a buffer of 1024 bytes. */
const MAX_REASON = 1023;

/** The words that are values. */
export const keywords: ReadonlyMap<string, null | boolean> = new Map([
  ['true', true],
  ['false', false],
  ['null', null],
]);

/** The reason why another word is refused. */
export function invalidKeyword(word: string): string {
  return `invalid keyword '${word}'`.slice(0, MAX_REASON);
}

/**
 * Parses one JSON text, with white space around it, without loss: numbers keep their spelling (`JsonNumber`),
 * objects become maps in the order of their members. Bytes are UTF-8, as QEMU understands it. `toPlain` makes plain
 * JavaScript of the value. Source: QEMU's `json_parser_parse`; single quotes are its own.
 * @example
 * parse('{"n": 9223372036853727232}'); // Map { 'n' => JsonNumber { text: '9223372036853727232' } }
 * @throws JsonError with QEMU's reason (`expecting value`) and the offset of the token in bytes
 */
export function parseJson(text: Uint8Array | string, options?: ParseOptions): JsonValue {
  const parser = new Parser(typeof text === 'string' ? encode(text) : text, options?.nonFinite ?? false);
  const value = parser.parse();
  if (value === refused) throw new JsonError(parser.reason, parser.offset);
  return value;
}

/**
 * The value of one JSON text, or undefined where QEMU's parser refuses it: for code that asks what a frame says,
 * and has nothing to tell of one that says nothing.
 */
export function tryParse(text: Uint8Array | string, options?: ParseOptions): JsonValue | undefined {
  try {
    return parseJson(text, options);
  } catch (error) {
    if (error instanceof JsonError) return undefined;
    throw error;
  }
}

/**
 * The `desc` of the error with which QEMU up to 11.0 answers a frame that is complete by its tokens; undefined if
 * its parser accepts the frame. Never throws.
 */
export function frameProblem(frame: Uint8Array, options?: ParseOptions): string | undefined {
  const parser = new Parser(frame, options?.nonFinite ?? false);
  return parser.parse() === refused ? `JSON parse error, ${parser.reason}` : undefined;
}

/**
 * The reason of a lexical error: the token so far, with the byte that cannot be in it. QEMU quotes all
 * of it, up to 64 MiB; we cut it as QEMU cuts the other messages.
 */
export function strayReason(bytes: Uint8Array): string {
  return `stray '${quoted(bytes.length > MAX_REASON ? bytes.subarray(0, MAX_REASON) : bytes)}'`;
}

function encode(text: string): Uint8Array {
  const lone = text.search(/\p{Surrogate}/u);
  if (lone >= 0) throw new JsonError('invalid UTF-8 sequence in string', lone);
  return new TextEncoder().encode(text);
}

/** Returned by the parser's methods once a problem is reported. */
const refused = Symbol('refused');
type Parsed<T> = T | typeof refused;

/** Looks one token ahead. Methods that parse leave the token after what they have parsed. */
class Parser {
  reason = '';
  offset = 0;
  readonly #bytes: Uint8Array;
  readonly #lexer: Lexer;
  readonly #nonFinite: boolean;
  /** The token ahead, and where it begins and ends. */
  #ahead: Token = token.none;
  #start = 0;
  #end = 0;
  #depth = 0;

  constructor(bytes: Uint8Array, nonFinite: boolean) {
    this.#bytes = bytes;
    this.#nonFinite = nonFinite;
    this.#lexer = new Lexer(bytes.length, nonFinite);
  }

  parse(): Parsed<JsonValue> {
    this.#advance();
    const value = this.#value();
    if (value === refused || this.#ahead === token.none) return value;
    return this.#refuse('expecting at most one JSON value');
  }

  #advance(): void {
    const lexer = this.#lexer;
    this.#ahead = lexer.next(this.#bytes, this.#end, this.#bytes.length);
    if (this.#ahead === token.none) this.#ahead = lexer.flush();
    this.#end = lexer.at;
    this.#start = lexer.at - lexer.length;
  }

  #value(): Parsed<JsonValue> {
    const ahead = this.#ahead;
    if (ahead === token.string) return this.#string();
    if (ahead === token.openBrace) return this.#object();
    if (ahead === token.openBracket) return this.#array();
    if (ahead === token.number) return this.#number();
    if (ahead === token.keyword) return this.#keyword();
    return this.#refuse('expecting value');
  }

  #object(): Parsed<JsonObject> {
    if (this.#open() === refused) return refused;
    const members = new Map<string, JsonValue>();
    while (this.#ahead !== token.closeBrace) {
      if (members.size > 0) {
        if (this.#ahead !== token.comma) return this.#refuse('expected separator in dict');
        this.#advance();
      }
      if (this.#pair(members) === refused) return refused;
    }
    this.#close();
    return members;
  }

  /** A key is parsed as any value at first, and a duplicate is noticed only after its value. */
  #pair(members: Map<string, JsonValue>): Parsed<true> {
    const start = this.#start;
    const key = this.#value();
    if (key === refused) return refused;
    if (typeof key !== 'string') return this.#refuseAt(start, 'key is not a string in object');
    if (this.#ahead !== token.colon) return this.#refuse('missing : in object pair');
    this.#advance();
    const value = this.#value();
    if (value === refused) return refused;
    if (members.has(key)) return this.#refuseAt(start, 'duplicate key');
    members.set(key, value);
    return true;
  }

  #array(): Parsed<readonly JsonValue[]> {
    if (this.#open() === refused) return refused;
    const elements: JsonValue[] = [];
    while (this.#ahead !== token.closeBracket) {
      if (elements.length > 0) {
        if (this.#ahead !== token.comma) return this.#refuse('expected separator in list');
        this.#advance();
      }
      const value = this.#value();
      if (value === refused) return refused;
      elements.push(value);
    }
    this.#close();
    return elements;
  }

  #open(): Parsed<true> {
    if (++this.#depth > MAX_NESTING) return this.#refuse('nesting depth limit exceeded');
    this.#advance();
    return true;
  }

  #close(): void {
    this.#depth--;
    this.#advance();
  }

  #string(): Parsed<string> {
    const text = decodeString(this.#bytes, this.#start, this.#end);
    if (typeof text !== 'string') return this.#refuse(text.reason);
    this.#advance();
    return text;
  }

  #number(): JsonNumber {
    const number = new JsonNumber(ascii(this.#bytes, this.#start, this.#end));
    this.#advance();
    return number;
  }

  #keyword(): Parsed<JsonValue> {
    const word = ascii(this.#bytes, this.#start, this.#end);
    const value = this.#meaning(word);
    if (value === undefined) return this.#refuse(invalidKeyword(word));
    this.#advance();
    return value;
  }

  #meaning(word: string): JsonValue | undefined {
    const value = keywords.get(word);
    return value === undefined && this.#nonFinite && nonFinite.has(word) ? new JsonNumber(word) : value;
  }

  /** The token ahead is the wrong one, or none at all. */
  #refuse(reason: string): typeof refused {
    if (this.#ahead === token.none) return this.#refuseAt(this.#start, 'premature EOI');
    if (this.#ahead !== token.error) return this.#refuseAt(this.#start, reason);
    return this.#refuseAt(this.#start, strayReason(this.#bytes.subarray(this.#start, this.#end)));
  }

  #refuseAt(offset: number, reason: string): typeof refused {
    this.offset = offset;
    this.reason = reason;
    return refused;
  }
}
