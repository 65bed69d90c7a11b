/** One direction of a TCP connection, put in order: what came twice is taken once, what is missing is told. */

export interface StreamSink {
  data(text: string, micros: number | undefined): void;
  /** A number of bytes of the stream that are not in the capture. `packet`: what came after them. */
  missing(bytes: number, packet: number): void;
}

interface Held {
  readonly seq: number;
  readonly text: string;
  readonly micros: number | undefined;
  readonly packet: number;
}

/** So much may wait for what comes before it. */
const maximumHeld = 512;
const maximumHeldBytes = 4 << 20;

/** A step of more than this is no loss: the segment is of another connection with the same ports. */
const maximumGap = 2 ** 30;

export class TcpStream {
  readonly #sink: StreamSink;
  /** The number of the next byte; undefined before anything has come. */
  #next: number | undefined;
  /** By their numbers, in order. */
  #held: Held[] = [];
  #heldBytes = 0;
  #last: { readonly seq: number; readonly packet: number } | undefined;

  constructor(sink: StreamSink) {
    this.#sink = sink;
  }

  /** `seq`: of SYN, which counts as a byte. */
  begin(seq: number): void {
    this.#next = (seq + 1) >>> 0;
  }

  take(seq: number, text: string, micros: number | undefined, packet: number): void {
    if (text === '') return;
    this.#next ??= seq;
    const ahead = (seq - this.#next) | 0;
    if (ahead >= maximumGap) return;
    if (ahead > 0) {
      const at = this.#held.findLastIndex((held) => ((seq - held.seq) | 0) >= 0) + 1;
      this.#held.splice(at, 0, { seq, text, micros, packet });
      this.#heldBytes += text.length;
      if (this.#held.length > maximumHeld || this.#heldBytes > maximumHeldBytes) this.#skip();
      return;
    }
    this.#give(seq, text, micros);
    this.#release();
  }

  /** The other side has everything before this: what is missing there will not come any more. */
  acknowledged(ack: number): void {
    for (let first = this.#held[0]; first !== undefined; first = this.#held[0]) {
      if (((ack - first.seq) | 0) < 0) return;
      this.#skip();
    }
  }

  /** `seq`: of the FIN, up to which there is data. */
  finish(seq: number, packet: number): void {
    this.#last = { seq, packet };
  }

  /** Nothing more comes. */
  end(): void {
    while (this.#held.length > 0) this.#skip();
    const last = this.#last;
    if (last === undefined || this.#next === undefined) return;
    const left = (last.seq - this.#next) | 0;
    if (left > 0) this.#sink.missing(left, last.packet);
  }

  /** Goes on after the gap. */
  #skip(): void {
    const [first] = this.#held;
    if (first === undefined || this.#next === undefined) return;
    this.#sink.missing((first.seq - this.#next) >>> 0, first.packet);
    this.#next = first.seq;
    this.#release();
  }

  /** What was held and follows now. */
  #release(): void {
    for (let first = this.#held[0]; first !== undefined; first = this.#held[0]) {
      if (((first.seq - (this.#next ?? 0)) | 0) > 0) return;
      this.#held.shift();
      this.#heldBytes -= first.text.length;
      this.#give(first.seq, first.text, first.micros);
    }
  }

  #give(seq: number, text: string, micros: number | undefined): void {
    const next = this.#next ?? seq;
    const known = (next - seq) | 0;
    if (known >= text.length) return; // sent again
    const fresh = known > 0 ? text.slice(known) : text;
    this.#next = (next + fresh.length) >>> 0;
    this.#sink.data(fresh, micros);
  }
}
