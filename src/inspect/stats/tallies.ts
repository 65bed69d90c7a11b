/** What is counted for each command and each event. Names come from the wire: how many there are is bounded. */
import { Samples, type TimeAxis, type Timeline } from './samples.js';

/** Times are nanoseconds; a percentile is absent where nothing was measured. */
export interface CommandStatistics {
  /** The command's name. */
  readonly name: string;
  /** How often it was given. */
  readonly count: number;
  /** How often the response was an error. */
  readonly errors: number;
  /** How often no response came. */
  readonly unanswered: number;
  /** The latency that half of the responses stayed below, and so on. */
  readonly p50: number | undefined;
  /** See `p50`. */
  readonly p95: number | undefined;
  /** See `p50`. */
  readonly p99: number | undefined;
  /** The longest latency. */
  readonly max: number | undefined;
  /** The sum of all latencies. */
  readonly total: number;
  /** Of the commands, and of their responses. */
  readonly bytes: { readonly c2s: number; readonly s2c: number };
}

/** What is counted for each event. */
export interface EventStatistics {
  /** The event's name. */
  readonly name: string;
  /** How often it came. */
  readonly count: number;
  /** Bytes of all of them. */
  readonly bytes: number;
  /** Over the time of all sessions together. */
  readonly perSecond: number;
  /** Counts in each of `Statistics.axis`. */
  readonly overTime: readonly number[];
}

/** QEMU has some 300 names. What is beyond this is counted together. */
const maxNames = 10_000;
const others = '(others)';

/** One tally for each name, made when the name first comes. */
export class Tallies<Tally extends { readonly count: number }> {
  readonly #byName = new Map<string, Tally>();
  readonly #begin: () => Tally;

  constructor(begin: () => Tally) {
    this.#begin = begin;
  }

  of(name: string): Tally {
    const key = this.#byName.has(name) || this.#byName.size < maxNames ? name : others;
    let tally = this.#byName.get(key);
    if (tally === undefined) this.#byName.set(key, (tally = this.#begin()));
    return tally;
  }

  /** The most frequent first, then by name. */
  sorted(): (readonly [name: string, tally: Tally])[] {
    return [...this.#byName].sort(
      ([a, { count: more }], [b, { count: less }]) => less - more || (a < b ? -1 : 1),
    );
  }
}

export class CommandTally {
  count = 0;
  errors = 0;
  unanswered = 0;
  c2s = 0;
  s2c = 0;
  /** Nanoseconds. */
  readonly latencies = new Samples();

  statistics(name: string): CommandStatistics {
    const { count, errors, unanswered, c2s, s2c, latencies } = this;
    return {
      name,
      count,
      errors,
      unanswered,
      p50: latencies.percentile(0.5),
      p95: latencies.percentile(0.95),
      p99: latencies.percentile(0.99),
      max: latencies.percentile(1),
      total: latencies.sum,
      bytes: { c2s, s2c },
    };
  }
}

export class EventTally {
  count = 0;
  bytes = 0;
  readonly line: Timeline;

  constructor(axis: TimeAxis) {
    this.line = axis.line();
  }

  /** `seconds`: the time of all sessions together. `buckets`: how many of the axis are in use. */
  statistics(name: string, seconds: number, buckets: number): EventStatistics {
    const { count, bytes, line } = this;
    const perSecond = seconds > 0 ? count / seconds : 0;
    return { name, count, bytes, perSecond, overTime: line.counts(buckets) };
  }
}
