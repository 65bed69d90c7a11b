/**
 * The sessions of several recordings in one numbering. Where their own numbers differ, as in the files of a
 * series, they are kept; else they are numbered by when they began. A number once given stays.
 */
import type { Condition } from '../condition.js';
import type { RecordingReader } from '../ports.js';
import type { Session } from '../session.js';
import { notAbove } from './place-list.js';

/** The sessions of one recording: their own numbers, and those that they have among all; both ascend. */
interface Numbers {
  readonly own: number[];
  readonly given: number[];
}

interface Origin {
  readonly reader: RecordingReader;
  readonly own: number;
}

export class MergedSessions {
  readonly #numbers = new Map<RecordingReader, Numbers>();
  readonly #origins = new Map<number, Origin>();
  /** Its beginning, microseconds since 1970, by the number among all. */
  readonly #started = new Map<number, number>();
  #last = 0;

  /** Gives numbers to sessions that have none. */
  learn(found: ReadonlyMap<RecordingReader, readonly Session[]>): void {
    const fresh: (Origin & { readonly started: number; readonly order: number })[] = [];
    for (const [reader, sessions] of found) {
      const { own } = this.#of(reader);
      let order = 0;
      for (const { id, started } of sessions) {
        if (id <= (own.at(-1) ?? 0)) continue;
        // A clock that was set back does not change the order within a recording.
        order = Math.max(order, started);
        fresh.push({ reader, own: id, started, order });
      }
    }
    const numbers = [...this.#origins.keys(), ...fresh.map(({ own }) => own)];
    const keep = new Set(numbers).size === numbers.length;
    fresh.sort((a, b) => a.order - b.order);
    for (const { reader, own, started } of fresh) {
      const given = keep ? own : this.#last + 1;
      this.#last = Math.max(this.#last, given);
      const of = this.#of(reader);
      of.own.push(own);
      of.given.push(given);
      this.#origins.set(given, { reader, own });
      this.#started.set(given, started);
    }
  }

  /** Where a session is, by its number among all. */
  origin(id: number): Origin | undefined {
    return this.#origins.get(id);
  }

  /** The number among all; undefined: not learned yet. */
  numberOf(reader: RecordingReader, own: number): number | undefined {
    const numbers = this.#of(reader);
    const at = notAbove(numbers.own, numbers.own.length, own) - 1;
    return numbers.own[at] === own ? numbers.given[at] : undefined;
  }

  startedOf(id: number): number {
    return this.#started.get(id) ?? 0;
  }

  /** The same condition for one of the recordings, whose sessions have numbers of their own. */
  conditionFor(reader: RecordingReader, condition: Condition): Condition {
    switch (condition.op) {
      case 'and':
      case 'or':
        return { op: condition.op, of: condition.of.map((part) => this.conditionFor(reader, part)) };
      case 'not':
        return { op: 'not', of: this.conditionFor(reader, condition.of) };
      case 'compare':
        return condition.field === 'session' ? this.#compared(reader, condition) : condition;
      case 'all':
      case 'glob':
      case 'flag':
      case 'text':
      case 'regex':
        return condition;
    }
  }

  #compared(reader: RecordingReader, { is, value }: Extract<Condition, { op: 'compare' }>): Condition {
    const { own, given } = this.#of(reader);
    const upTo = (limit: number): number => own[notAbove(given, given.length, limit) - 1] ?? 0;
    const session = (how: typeof is, number: number): Condition => ({
      op: 'compare',
      field: 'session',
      is: how,
      value: number,
    });
    const whole = Math.floor(value);
    const below = Math.ceil(value) - 1;
    switch (is) {
      case '<':
        return session('<=', upTo(below));
      case '<=':
        return session('<=', upTo(whole));
      case '>':
        return session('>', upTo(whole));
      case '>=':
        return session('>', upTo(below));
      case '=': {
        const at = given.indexOf(value);
        return session('=', own[at] ?? 0);
      }
    }
  }

  #of(reader: RecordingReader): Numbers {
    let numbers = this.#numbers.get(reader);
    if (numbers === undefined) this.#numbers.set(reader, (numbers = { own: [], given: [] }));
    return numbers;
  }
}
