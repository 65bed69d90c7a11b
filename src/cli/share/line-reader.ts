/** Cuts a stream of bytes into lines as binary strings, however long the stream is and whatever is in it. */

/** A line longer than this is no line of any format that is read: a JSON line of QEMU's longest message. */
const longest = 160 << 20;

export interface LineSink {
  line(text: string, number: number): void;
  /** This line was too long, and is left out. */
  tooLong(number: number): void;
}

/** Takes pieces, gives lines; the last one may lack its line feed. */
export class LineReader {
  readonly #sink: LineSink;
  #begun: string[] = [];
  #length = 0;
  #number = 0;

  constructor(sink: LineSink) {
    this.#sink = sink;
  }

  /** How many lines were given. */
  get count(): number {
    return this.#number;
  }

  push(piece: Buffer): void {
    const text = piece.toString('latin1');
    let at = 0;
    for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', at)) {
      if (this.#length === 0) this.#give(text.slice(at, end));
      else {
        this.#add(text.slice(at, end));
        this.#finish();
      }
      at = end + 1;
    }
    if (at < text.length) this.#add(text.slice(at));
  }

  end(): void {
    if (this.#length > 0) this.#finish();
  }

  #add(text: string): void {
    this.#length += text.length;
    if (this.#length <= longest) this.#begun.push(text);
    else this.#begun = [];
  }

  #finish(): void {
    const isWhole = this.#length <= longest;
    const text = this.#begun.join('');
    this.#begun = [];
    this.#length = 0;
    if (isWhole) this.#give(text);
    else this.#sink.tooLong(++this.#number);
  }

  #give(text: string): void {
    this.#sink.line(text, ++this.#number);
  }
}
