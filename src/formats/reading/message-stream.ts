/**
 * Messages in a stream of text that comes in pieces of any size: each is given when its value ends, and what lies
 * between them is given by itself.
 */
import { ValueEnd } from './json-text.js';

/** A message of more than this is not QEMU's. */
const maximumMessage = 128 * 2 ** 20;

/** White space after a brace, before what tells whether a value begins there. */
const maximumBlank = 64;

export interface MessageStreamSink {
  /** From its first brace to its last. */
  message(text: string): void;
  /** Line breaks, or what is no message. */
  between(text: string): void;
}

export class MessageStream {
  readonly #sink: MessageStreamSink;
  #end: ValueEnd | undefined;
  #parts: string[] = [];
  #size = 0;
  /** A brace that the next piece makes the beginning of a value or not. */
  #undecided = '';
  #isLost: boolean;

  /** `isLost`: it begins anywhere, perhaps inside of a message. */
  constructor(sink: MessageStreamSink, isLost = false) {
    this.#sink = sink;
    this.#isLost = isLost;
  }

  /** A message has begun, and its end has not come. */
  get isPending(): boolean {
    return this.#end !== undefined || this.#undecided !== '';
  }

  /** How much has come of it. */
  get size(): number {
    return this.#size;
  }

  push(piece: string): void {
    const text = this.#undecided + piece;
    this.#undecided = '';
    let at = 0;
    while (at < text.length) {
      if (this.#end !== undefined) {
        const stop = this.#end.find(text, at);
        this.#parts.push(text.slice(at, stop));
        this.#size += (stop ?? text.length) - at;
        if (stop === undefined) {
          if (this.#size > maximumMessage) this.lose();
          return;
        }
        const message = this.#parts.length === 1 ? (this.#parts[0] ?? '') : this.#parts.join('');
        this.#forget();
        this.#sink.message(message);
        at = stop;
        continue;
      }
      const start = this.#isLost ? nextLine(text, at) : text.indexOf('{', at);
      if (start !== at) this.#between(text.slice(at, start < 0 ? undefined : start));
      if (start < 0) return;
      at = start;
      const next = firstFilled(text, start + 1);
      if (next === text.length && text.length - start <= maximumBlank) {
        this.#undecided = text.slice(start);
        return;
      }
      if ('"\'}'.includes(text.charAt(next))) {
        this.#isLost = false;
        this.#end = new ValueEnd();
      } else {
        this.#between('{');
        at += 1;
      }
    }
  }

  /** Something is missing here: what has begun is dropped, and the next message looked for. */
  lose(): void {
    this.#forget();
    this.#isLost = true;
  }

  /** What has begun and did not end; it is over. */
  rest(): string {
    const rest = this.#parts.join('') + this.#undecided;
    this.#forget();
    return rest;
  }

  #between(text: string): void {
    if (!this.#isLost && text !== '') this.#sink.between(text);
  }

  #forget(): void {
    this.#end = undefined;
    this.#parts = [];
    this.#size = 0;
    this.#undecided = '';
  }
}

/** Where a brace begins a line, or the piece. */
function nextLine(text: string, from: number): number {
  for (let at = text.indexOf('{', from); at >= 0; at = text.indexOf('{', at + 1)) {
    if (at === 0 || text.charAt(at - 1) === '\n') return at;
  }
  return -1;
}

function firstFilled(text: string, from: number): number {
  let at = from;
  while (at < text.length && ' \t\r\n'.includes(text.charAt(at))) at += 1;
  return at;
}
