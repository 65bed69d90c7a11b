/**
 * The interface of importers: each is given a file's lines and writes the conversation as traffic, so that
 * everything imported goes through the same tap as what is recorded.
 */
import type { Mark } from '../recording/marks.js';
import type { Direction } from '../recording/message.js';
import { isoTime } from '../text/time.js';
import type { TrafficSink } from '../recording/ports.js';
import type { Dialect, SessionEnd } from '../recording/session.js';

/** Where an import goes. */
export interface ImportTarget {
  readonly sink: TrafficSink;
  /** What is imported, for the sessions' addresses: the file's name. */
  readonly source: string;
  /** Microseconds since 1970: the beginning of what tells no time, the file's date for example. */
  readonly started: number;
  /** Somebody watches the import: a session is shown at once, although its beginning is not known. */
  readonly prompt?: boolean | undefined;
  /** Microseconds by which times without a zone are ahead of UTC, as far as the file tells. */
  readonly zone?: number | undefined;
  /** For sessions that the file does not name. */
  readonly label?: string | undefined;
  /** Only what belongs to the machine of this name, where the file tells machines apart. */
  readonly machine?: string | undefined;
  /** Takes a mark on an earlier message. Absent: marks are not kept. */
  readonly mark?: ((mark: Mark) => void) | undefined;
  /** Something of the file that is left out, and why; `line` counts from 1. */
  readonly skip: (line: number, why: string) => void;
}

/** Takes a file apart. */
export interface Importer {
  /**
   * A line without its line feed, as a binary string: a character for each byte. A file that is no text comes in
   * lines as well, wherever its bytes have a line feed.
   */
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
  /** What a gap is, where it is no lines of a log that are missing. */
  readonly gap?: string | undefined;
}

/** Undefined for impossible times: a file may have any digits for a time. */
export function whenKnown(micros: number | undefined): number | undefined {
  return Number.isSafeInteger(micros) ? micros : undefined;
}

/** Writes conversations to a sink, all on one clock. */
export class ImportedTraffic {
  readonly #target: ImportTarget;
  /** Where the clock begins: differences of microseconds are exact, nanoseconds since 1970 are not. */
  #base: number | undefined;

  constructor(target: ImportTarget) {
    this.#target = target;
  }

  /** Where `started` is not known, the session begins with the first time that is told in it. */
  open(start: ImportedStart): ImportedSession {
    const known = whenKnown(start.started);
    return new ImportedSession(
      this,
      start,
      known ?? (this.#target.prompt === true ? this.#target.started : undefined),
    );
  }

  /** Begins the session in the sink. */
  begin(start: ImportedStart, known: number | undefined): Begun {
    const started = known ?? this.#target.started;
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
    return { sink, id, started, base: this.#base };
  }
}

/** A session in the sink. */
interface Begun {
  readonly sink: TrafficSink;
  readonly id: number;
  readonly started: number;
  readonly base: number;
}

/** Messages held until the session's first time is known, at most. */
const maximumHeld = 10_000;

type Step = (session: Begun) => void;

/** One conversation of an import. */
export class ImportedSession {
  readonly #traffic: ImportedTraffic;
  readonly #start: ImportedStart;
  #begun: Begun | undefined;
  /** Written once it is known when the session began. */
  #held: Step[] = [];
  #latest: number | undefined;
  #steps = 0;
  #gaps = 0;

  constructor(traffic: ImportedTraffic, start: ImportedStart, started: number | undefined) {
    this.#traffic = traffic;
    this.#start = start;
    this.#latest = started;
    if (started !== undefined) this.#begin(started);
  }

  /** `micros`: since 1970; undefined if not known. */
  say(dir: Direction, micros: number | undefined, bytes: Uint8Array, fds = 0): void {
    const known = whenKnown(micros);
    const t = this.#reach(known);
    this.#tell((session) => {
      session.sink.chunk(session.id, {
        dir,
        t: known === undefined ? NaN : nanoseconds(session, t),
        bytes,
        fds,
      });
    });
  }

  /** Something that was said of the session, at this time. */
  remark(micros: number | undefined, text: string): void {
    const known = whenKnown(micros);
    this.note(known === undefined ? text : `${isoTime(known)} ${text}`);
  }

  note(text: string): void {
    const t = this.#latest;
    this.#tell((session) => {
      session.sink.note(session.id, nanoseconds(session, t), text);
    });
  }

  /** Lines of the log, or segments of a capture, are missing here. */
  gap(): void {
    this.#gaps += 1;
  }

  close(micros: number | undefined, end: SessionEnd, reason?: string): void {
    const t = this.#reach(whenKnown(micros));
    if (this.#steps > 0) {
      this.note(`the log's clock went back ${this.#steps} times; what came then has the time before it`);
    }
    const left = this.#gaps > 0 ? (this.#start.gap ?? 'lines of the log were left out') : undefined;
    const reasons = [reason, left].filter((one) => one !== undefined);
    this.#tell((session) => {
      const why = reasons.length === 0 ? undefined : reasons.join('; ');
      session.sink.close(session.id, nanoseconds(session, t), end, why);
    });
    if (this.#begun === undefined) this.#begin(undefined);
  }

  #begin(started: number | undefined): Begun {
    const begun = this.#traffic.begin(this.#start, started);
    this.#begun = begun;
    const held = this.#held;
    this.#held = [];
    for (const step of held) step(begun);
    return begun;
  }

  #tell(step: Step): void {
    if (this.#begun !== undefined) step(this.#begun);
    else if (this.#held.push(step) >= maximumHeld) this.#begin(undefined);
  }

  /** A log's clock may be set back; a recording's never is. */
  #reach(micros: number | undefined): number | undefined {
    if (micros === undefined) return this.#latest;
    if (this.#latest !== undefined && micros < this.#latest) this.#steps += 1;
    else this.#latest = micros;
    if (this.#begun === undefined) this.#begin(this.#latest);
    return this.#latest;
  }
}

function nanoseconds({ started, base }: Begun, micros: number | undefined): number {
  return ((micros ?? started) - base) * 1000;
}
