/**
 * Where in a stream a token begins, as QEMU since 11.1 says it: `LINE:COLUMN`. Lines are counted from 1 by the
 * line feeds since the stream began, columns from 1 by bytes. A byte that also showed the end of the number,
 * the word or the discarded bytes before it is counted twice: in `[1}` the brace is at column 4. A token that follows
 * at once on one that was cut, because it is longer than any may be, is said to be where that one began.
 */

/** Can be cloned structurally. */
export interface TextPositionState {
  readonly line: number;
  /** Bytes since the line began. */
  readonly column: number;
  /** How many bytes ago the byte came that is counted twice, 0 for the next one; undefined where there is none. */
  readonly twice: number | undefined;
  /** The place of the token that was cut here. */
  readonly cut: string | undefined;
}

const LF = 0x0a;

export class TextPosition {
  #line: number;
  /** Where the line began, from the beginning of the chunk; negative in an earlier chunk. */
  #lineStart: number;
  /** The byte that is counted twice, from the beginning of the chunk; negative in an earlier one, NaN for none. */
  #twice: number;
  /** Where the last token that was cut ended, as above, and its place. */
  #cutEnd = NaN;
  #cutPlace = '';
  #chunk: Uint8Array = new Uint8Array(0);
  /** The next line feed of the chunk that is not counted, or infinity. */
  #nextFeed = Infinity;

  constructor(saved: TextPositionState = { line: 1, column: 0, twice: undefined, cut: undefined }) {
    this.#line = saved.line;
    this.#lineStart = -saved.column;
    this.#twice = saved.twice === undefined ? NaN : -saved.twice;
    if (saved.cut === undefined) return;
    this.#cutEnd = 0;
    this.#cutPlace = saved.cut;
  }

  /** Between two chunks. */
  save(): TextPositionState {
    return {
      line: this.#line,
      column: -this.#lineStart,
      twice: Number.isNaN(this.#twice) ? undefined : -this.#twice,
      cut: this.#cutEnd === 0 ? this.#cutPlace : undefined,
    };
  }

  begin(chunk: Uint8Array): void {
    this.#chunk = chunk;
    this.#nextFeed = feedFrom(chunk, 0);
  }

  /** The chunk has passed as a whole. */
  end(): void {
    const { length } = this.#chunk;
    this.#advance(length);
    this.#lineStart -= length;
    this.#twice -= length;
    this.#cutEnd -= length;
    this.#chunk = new Uint8Array(0);
  }

  /** The byte at `at` in the chunk, or the one after the chunk, showed the end of something before it. */
  seenTwice(at: number): void {
    this.#twice = at;
  }

  /** The token that begins at `start` was cut before `end`. */
  cut(start: number, end: number): void {
    this.#cutPlace = this.of(start);
    this.#cutEnd = end;
  }

  /** Of the token that begins at `start` in the chunk, or at a negative place in an earlier one. Not to go back. */
  of(start: number): string {
    if (start === this.#cutEnd) return this.#cutPlace;
    this.#advance(start);
    return `${this.#line}:${start - this.#lineStart + 1 + (this.#twice === start ? 1 : 0)}`;
  }

  #advance(to: number): void {
    while (this.#nextFeed < to) {
      this.#line += 1;
      this.#lineStart = this.#nextFeed + 1;
      this.#nextFeed = feedFrom(this.#chunk, this.#lineStart);
    }
  }
}

function feedFrom(chunk: Uint8Array, from: number): number {
  const at = chunk.indexOf(LF, from);
  return at < 0 ? Infinity : at;
}
