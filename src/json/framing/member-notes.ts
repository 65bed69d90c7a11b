/**
 * Notes where the members of a top-level object lie while the framer finds its tokens, so that no later step has to cut
 * the frame into tokens a second time (`scanMembers`). Measured: without it the tap needs 1.38 times as long for an
 * answer of 100 kB, and 1.13 times as long for an event.
 */
import { token, type Token } from '../lexer.js';
import type { MemberExtent } from '../scan.js';
import { decodeString } from '../string.js';

/** What may come next. */
const next = { brace: 0, firstKey: 1, key: 2, colon: 3, value: 4, inside: 5, comma: 6, nothing: 7 } as const;

/** A message has four or five. With more than this nothing is noted, and the caller must scan the frame itself. */
const maximumMembers = 64;

export class MemberNotes {
  /** Of each member: where key and value begin and end. */
  readonly #places = new Uint32Array(4 * maximumMembers);
  #used = 0;
  #next: (typeof next)[keyof typeof next] = next.brace;
  #depth = 0;
  #complete = false;

  /** Starts a new frame. */
  begin(): void {
    this.#used = 0;
    this.#next = next.brace;
    this.#depth = 0;
    this.#complete = false;
  }

  /** Notes nothing of the current frame: its beginning was not seen. */
  giveUp(): void {
    this.#end(false);
  }

  /** Takes the frame's next token, with its place in the frame. */
  note(found: Token, start: number, end: number): void {
    switch (this.#next) {
      case next.nothing:
        return;
      case next.brace:
        this.#next = found === token.openBrace ? next.firstKey : next.nothing;
        return;
      case next.firstKey:
      case next.key:
        if (found === token.string && this.#used < this.#places.length) {
          this.#places[this.#used++] = start;
          this.#places[this.#used++] = end;
          this.#next = next.colon;
        } else {
          this.#end(found === token.closeBrace && this.#next === next.firstKey);
        }
        return;
      case next.colon:
        this.#next = found === token.colon ? next.value : next.nothing;
        return;
      case next.comma:
        if (found === token.comma) this.#next = next.key;
        else this.#end(found === token.closeBrace);
        return;
      case next.value:
        this.#places[this.#used++] = start;
        this.#next = next.inside;
        this.#inValue(found, end);
        return;
      case next.inside:
        this.#inValue(found, end);
    }
  }

  /** The frame's members, as `scanMembers` finds them; undefined if they were not noted. */
  of(frame: Uint8Array): readonly MemberExtent[] | undefined {
    if (!this.#complete) return undefined;
    const places = this.#places;
    const members: MemberExtent[] = [];
    for (let at = 0; at < this.#used; at += 4) {
      const key = decodeString(frame, places[at] as number, places[at + 1] as number);
      if (typeof key !== 'string') return undefined;
      members.push({ key, start: places[at + 2] as number, end: places[at + 3] as number });
    }
    return members;
  }

  #inValue(found: Token, end: number): void {
    if (found === token.openBrace || found === token.openBracket) this.#depth++;
    else if (found === token.closeBrace || found === token.closeBracket) this.#depth--;
    if (found === token.error || this.#depth < 0) {
      this.#end(false);
    } else if (this.#depth === 0) {
      this.#places[this.#used++] = end;
      this.#next = next.comma;
    }
  }

  #end(complete: boolean): void {
    this.#next = next.nothing;
    this.#complete = complete;
  }
}
