/**
 * What every importer is: a machine that is given a file's lines and tells the conversation as traffic,
 * so that all that is imported goes through the same tap as what is recorded. Knows no files.
 */
import type { Mark } from '../recording/marks.js';
import type { Direction } from '../recording/message.js';
import type { TrafficSink } from '../recording/ports.js';
import type { Dialect, SessionEnd } from '../recording/session.js';

/** Where an import goes. */
export interface ImportTarget {
  readonly sink: TrafficSink;
  /** What is imported, for the sessions' addresses: the file's name. */
  readonly source: string;
  /** Microseconds since 1970: the beginning of what tells no time, the file's date for example. */
  readonly started: number;
  /** For sessions that the file does not name. */
  readonly label?: string | undefined;
  /** A mark on a message that was told before. Absent: marks are not kept. */
  readonly mark?: ((mark: Mark) => void) | undefined;
  /** Something of the file that is left out, and why; `line` counts from 1. */
  readonly skip: (line: number, why: string) => void;
}

/** Takes a file apart. */
export interface Importer {
  /** A line without its line feed, as a binary string: a character for each byte. */
  line(text: string, number: number): void;
  /** No more lines; ends the sessions. */
  end(): void;
}

/** Why a message of a log is left out. */
export const damaged = 'a message that is cut or mixed with another line';

/** What is known of a session when its first message comes. */
export interface ImportedStart {
  readonly label?: string | undefined;
  readonly dialect?: Dialect | undefined;
  /** Which of the log's conversations this is; stands where the server's address would. */
  readonly server?: string | undefined;
  /** Microseconds since 1970; undefined where the log has no times. */
  readonly started: number | undefined;
  /** What the log could not tell, and what was put in its place. */
  readonly note: string;
}

/** Undefined for microseconds that no clock shows: a file may have any digits for a time. */
export function whenKnown(micros: number | undefined): number | undefined {
  return Number.isSafeInteger(micros) ? micros : undefined;
}

/** Tells conversations to a sink, all on one clock. */
export class ImportedTraffic {
  readonly #target: ImportTarget;
  /** Where the clock begins: differences of microseconds are exact, nanoseconds since 1970 are not. */
  #base: number | undefined;

  constructor(target: ImportTarget) {
    this.#target = target;
  }

  open(start: ImportedStart): ImportedSession {
    const started = whenKnown(start.started) ?? this.#target.started;
    this.#base ??= started;
    const { sink, source, label } = this.#target;
    const id = sink.open(
      {
        label: start.label ?? label,
        dialect: start.dialect,
        client: { address: source },
        server: { address: start.server ?? source },
        started,
      },
      (started - this.#base) * 1000,
    );
    sink.note(id, 0, `reconstructed: ${start.note}`);
    return new ImportedSession(sink, id, started, this.#base);
  }
}

/** A conversation being told. */
export class ImportedSession {
  readonly #sink: TrafficSink;
  readonly #id: number;
  readonly #base: number;
  #latest: number;
  #steps = 0;

  constructor(sink: TrafficSink, id: number, started: number, base: number) {
    this.#sink = sink;
    this.#id = id;
    this.#latest = started;
    this.#base = base;
  }

  /** `micros`: since 1970, or undefined for the same time as before. */
  say(dir: Direction, micros: number | undefined, bytes: Uint8Array, fds = 0): void {
    this.#sink.chunk(this.#id, dir, this.#at(micros), bytes, fds);
  }

  note(text: string): void {
    this.#sink.note(this.#id, this.#at(undefined), text);
  }

  close(micros: number | undefined, end: SessionEnd, reason?: string): void {
    const t = this.#at(micros);
    if (this.#steps > 0) {
      this.note(`the log's clock went back ${this.#steps} times; what came then has the time before it`);
    }
    this.#sink.close(this.#id, t, end, reason);
  }

  /** A log's clock may be set back; a recording's never is. */
  #at(told: number | undefined): number {
    const micros = whenKnown(told);
    if (micros !== undefined) {
      if (micros < this.#latest) this.#steps += 1;
      else this.#latest = micros;
    }
    return (this.#latest - this.#base) * 1000;
  }
}
