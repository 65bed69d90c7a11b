/** The cases of a rule that did not hold or are not decided, and the verdict that they give. */
import { between, type Moment } from '../stories/story.js';
import type { Heard, Values } from './pattern-match.js';
import type { Rule } from './rule.js';

/**
 * How a case of a rule ended. `missing`: what was demanded did not come in time; `late`: it came after the time;
 * `wrong`: a message that must not be; `open`: it may still come, or the recording ends before its time.
 */
export type CaseOutcome = 'missing' | 'late' | 'wrong' | 'open';

/** A case in which a rule did not hold, or that is open. */
export interface RuleCase {
  /** How it ended. */
  readonly outcome: CaseOutcome;
  /** What began it, or the message that must not be; undefined: nothing came in the whole recording. */
  readonly at: Moment | undefined;
  /** By the names that the rule gives, without their `$`. */
  readonly values: Values;
  /** What came late, or was the wrong response. */
  readonly by: Moment | undefined;
  /** Nanoseconds from what began it to what came late, or to the last that is known. */
  readonly waited: number | undefined;
}

/** `true`: it held wherever it applied. `false`: at least once it did not. `open`: it was not decided somewhere. */
export type Verdict = 'true' | 'false' | 'open';

/** What became of a rule. */
export interface RuleResult {
  /** The rule. */
  readonly rule: Rule;
  /** Whether it holds. */
  readonly verdict: Verdict;
  /** How many messages it was about; of a rule about all, how many it has looked at. */
  readonly applied: number;
  /** Those that failed first; at most 1000 of each. */
  readonly cases: readonly RuleCase[];
  /** How many failed. */
  readonly failed: number;
  /** How many are open. */
  readonly open: number;
  /** Cases that were not followed: too many were open at once. */
  readonly notFollowed: number;
}

const maxKept = 1000;

interface Failure {
  outcome: Exclude<CaseOutcome, 'open'>;
  readonly at: Moment | undefined;
  readonly values: Values;
  by: Moment | undefined;
  waited: number | undefined;
}

export class Cases {
  applied = 0;
  notFollowed = 0;
  #failed = 0;
  #open = 0;
  readonly #failures: Failure[] = [];
  readonly #opened: RuleCase[] = [];
  #told = 0;

  fail(
    outcome: Failure['outcome'],
    at: Moment | undefined,
    values: Values = new Map(),
    by?: Moment,
  ): Failure {
    const waited = at === undefined || by === undefined ? undefined : timeBetween(at, by);
    const failure: Failure = { outcome, at, values, by, waited };
    this.#failed += 1;
    if (this.#failures.length < maxKept) this.#failures.push(failure);
    return failure;
  }

  open(at: Moment | undefined, values: Values, waited: number | undefined): void {
    this.#open += 1;
    if (this.#opened.length >= maxKept) return;
    this.#opened.push({ outcome: 'open', at, values, by: undefined, waited });
  }

  /** Failures since the last time. */
  fresh(): readonly RuleCase[] {
    const fresh = this.#failures.slice(this.#told);
    this.#told = this.#failures.length;
    return fresh;
  }

  result(rule: Rule): RuleResult {
    const open = this.#open > 0 || this.notFollowed > 0;
    return {
      rule,
      verdict: this.#failed > 0 ? 'false' : open ? 'open' : 'true',
      applied: this.applied,
      cases: [...this.#failures, ...this.#opened],
      failed: this.#failed,
      open: this.#open,
      notFollowed: this.notFollowed,
    };
  }
}

/** When a server was last known to be there: its last message, the end of its last session, or now. */
export interface ServerEnd {
  readonly server: number;
  readonly at: Moment;
}

/** Judges one rule as messages come. */
export interface Course {
  readonly cases: Cases;
  take(heard: Heard): void;
  /** Time has passed at a server, though nothing was said. */
  passed(end: ServerEnd): void;
  /** No more will come of it. */
  end(ends: ReadonlyMap<number, Moment>): void;
}

/** Nanoseconds; undefined where a log does not tell them. */
export function timeBetween(from: Moment, to: Moment): number | undefined {
  return from.untimed === true || to.untimed === true ? undefined : Math.max(0, between(from, to));
}
