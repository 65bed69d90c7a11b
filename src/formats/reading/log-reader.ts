/**
 * Reads a log as people have it: takes off what stands before its lines, joins what was cut, opens what was
 * wrapped, and tells where lines were left out. One reader for all importers of logs.
 */
import { ImportedTraffic, type ImportTarget } from '../import.js';
import { Clock } from './clock.js';
import { JournalEntries } from './journal-entries.js';
import { ValueEnd } from './json-text.js';
import type { LineSink, LogLine } from './line.js';
import { unwrap } from './prefix.js';
import { ofFields, unwrapJson, type Wrapped } from './wrapped-json.js';

/** What people and grep write where they leave lines out: `--`, `[...]`, `…`. */
const leftOut =
  /^\s*[[(<]?(?:--|\.\.\.|\xe2\x80\xa6|snip|(?:\d+ )?(?:more )?lines? (?:left out|omitted|skipped))[\])>]?\s*$/i;

/** Marks of a block of code, which belong to no log. */
const fence = /^\s*(?:```\w*|~~~\w*|<\/?(?:pre|code)>)\s*$/;

/** A wrapper that is printed over several lines has no more of them than this. */
const maximumObject = 1 << 20;

/** Cuts, joins and unwraps the lines of a file. */
export class LogReader {
  readonly #sink: LineSink;
  readonly #clock: Clock;
  readonly #journal: JournalEntries;
  /** Lines of an object that may be a wrapper, from `{` on. */
  #object:
    { readonly number: number; readonly lines: string[]; readonly end: ValueEnd; size: number } | undefined;
  /** What CRI and Docker have cut, by its writer. */
  readonly #parts = new Map<string, Wrapped>();
  /** The number that `grep -n` or `cat -n` gave the line before. */
  #lastNumber: number | undefined;

  constructor(sink: LineSink, clock: Clock) {
    this.#sink = sink;
    this.#clock = clock;
    this.#journal = new JournalEntries((fields, number) => {
      const wrapped = ofFields(fields, clock);
      if (wrapped !== undefined) this.#give(wrapped, number);
    });
  }

  /** `raw`: a line without its line feed, a binary string. */
  line(raw: string, number: number): void {
    if (this.#journal.take(raw, number)) return;
    if (leftOut.test(raw)) {
      this.#sink.gap(number);
      return;
    }
    if (fence.test(raw)) return;
    const wrapped = unwrap(this.#withoutNumber(raw), this.#clock);
    this.#countNumber(wrapped.numbered, number);
    if (this.#object !== undefined) this.#addToObject(raw, wrapped.text);
    else if (wrapped.text === '{') {
      const end = new ValueEnd();
      end.find('{');
      this.#object = { number, lines: [raw], end, size: 0 };
    } else this.#give(wrapped, number);
  }

  /** A line came that the caller takes by itself: what was begun is over. */
  interrupt(): void {
    if (this.#object !== undefined) this.#giveObject();
  }

  end(): void {
    this.#journal.end();
    this.#giveObject();
    for (const [, part] of this.#parts) this.#tell(part, 0);
    this.#parts.clear();
  }

  /** After a line that grep has numbered, the next number is one too, whatever the line begins with. */
  #withoutNumber(raw: string): string {
    if (this.#lastNumber === undefined) return raw;
    const prefix = String(this.#lastNumber + 1);
    if (!raw.startsWith(prefix) || !/[:-]/.test(raw.charAt(prefix.length))) return raw;
    this.#lastNumber += 1;
    return raw.slice(prefix.length + 1);
  }

  /** Numbers that leave some out tell that lines are missing. */
  #countNumber(own: number | undefined, number: number): void {
    if (own === undefined) return;
    if (this.#lastNumber !== undefined && own > this.#lastNumber + 1) this.#sink.gap(number);
    this.#lastNumber = own;
  }

  #addToObject(raw: string, text: string): void {
    const object = this.#object;
    if (object === undefined) return;
    object.lines.push(raw);
    object.size += raw.length;
    if (object.end.find(text) !== undefined || object.size > maximumObject || object.end.isTorn)
      this.#giveObject();
  }

  /** A wrapper gives its text; any other object its lines, as they came. */
  #giveObject(): void {
    const object = this.#object;
    if (object === undefined) return;
    this.#object = undefined;
    const wrapped = object.lines.map((line) => unwrap(line, this.#clock));
    const [first] = wrapped;
    const inner = unwrapJson(wrapped.map(({ text }) => text).join('\n'), this.#clock);
    if (inner !== undefined && first !== undefined) {
      this.#give(
        { ...inner, micros: inner.micros ?? first.micros, source: inner.source || (first.source ?? '') },
        object.number,
      );
      return;
    }
    for (const [place, line] of wrapped.entries()) this.#give(line, object.number + place);
  }

  #give(wrapped: Wrapped, number: number): void {
    const key = wrapped.source ?? '';
    const begun = this.#parts.get(key);
    const whole =
      begun === undefined
        ? wrapped
        : { ...begun, text: begun.text + wrapped.text, isPart: wrapped.isPart ?? false };
    if (whole.isPart === true && whole.text.length < maximumObject * 128) {
      this.#parts.set(key, whole);
      return;
    }
    this.#parts.delete(key);
    // Joined, a part may turn out to be wrapped itself.
    this.#tell(begun === undefined ? whole : merged(whole, unwrap(whole.text, this.#clock)), number);
  }

  #tell({ text, micros, source = '', thread = '', place = '', level = '' }: Wrapped, number: number): void {
    for (const line of text.includes('\n') ? text.split('\n') : [text]) {
      this.#sink.line({ text: line, number, micros, source, thread, place, level });
    }
  }
}

/** What an importer of a log works with. */
export interface OpenLog {
  readonly traffic: ImportedTraffic;
  readonly clock: Clock;
  readonly reader: LogReader;
}

/** `affected`: what is to know that lines are missing, as of then. */
export function openLog(
  target: ImportTarget,
  take: (line: LogLine) => void,
  affected: () => Iterable<{ gap(): void }>,
): OpenLog {
  const clock = new Clock(target.started, target.zone);
  const gap = (): void => {
    for (const one of affected()) one.gap();
  };
  return { traffic: new ImportedTraffic(target), clock, reader: new LogReader({ line: take, gap }, clock) };
}

function merged(outer: Wrapped, inner: Wrapped): Wrapped {
  return {
    text: inner.text,
    micros: inner.micros ?? outer.micros,
    source: inner.source || (outer.source ?? ''),
    thread: inner.thread || (outer.thread ?? ''),
    place: inner.place || (outer.place ?? ''),
    level: inner.level || (outer.level ?? ''),
  };
}
