/** Judges one rule as messages come: one pass, and a bounded number of open cases. */
import type { Moment } from '../stories/story.js';
import { AlwaysCourse } from './always-course.js';
import { Cases, type Course, type ServerEnd, timeBetween } from './cases.js';
import { GoalWatch, type Waiting } from './goal-watch.js';
import { type Heard, PatternMatch } from './pattern-match.js';
import type { Demand } from './rule.js';

/** Bounds memory; no real client has so much open. */
export const maxOpen = 10_000;

export function courseOf(demand: Demand): Course {
  switch (demand.form) {
    case 'each':
      return new EachCourse(demand);
    case 'never':
      return new NeverCourse(demand.pattern);
    case 'always':
      return new AlwaysCourse(demand);
    case 'at most':
      return new AtMostCourse(demand);
    case 'sometimes':
      return new SometimesCourse(demand.pattern);
  }
}

/** Microseconds since 1970. */
export function wallOf({ started, t }: Moment): number {
  return started + t / 1000;
}

interface Obligation extends Waiting {
  /** Microseconds since 1970. */
  readonly due: number;
  failure?: ReturnType<Cases['fail']>;
}

/** What waits at one server. */
interface Waits {
  readonly then: GoalWatch<Obligation>;
  readonly unless: GoalWatch<Obligation>;
  /** In the order in which they fall due. */
  readonly due: Set<Obligation>;
  readonly all: Set<Obligation>;
}

class EachCourse implements Course {
  readonly cases = new Cases();
  readonly #demand: Extract<Demand, { form: 'each' }>;
  readonly #trigger: PatternMatch;
  readonly #servers = new Map<number, Waits>();
  #open = 0;

  constructor(demand: Extract<Demand, { form: 'each' }>) {
    this.#demand = demand;
    this.#trigger = new PatternMatch(demand.trigger);
  }

  take(heard: Heard): void {
    const waits = this.#servers.get(heard.server);
    if (waits !== undefined) {
      if (heard.at.untimed !== true) this.#expire(waits, wallOf(heard.at));
      const excused = waits.unless.arrived(heard);
      if (!excused.wrong) for (const one of excused.waiting) this.#remove(waits, one);
      const { waiting, wrong } = waits.then.arrived(heard);
      for (const one of waiting) this.#came(waits, one, wrong, heard.at);
    }
    const values = this.#trigger.named(heard);
    if (values !== undefined) this.#begin(heard, values);
  }

  passed({ server, at }: ServerEnd): void {
    const waits = this.#servers.get(server);
    if (waits !== undefined) this.#expire(waits, wallOf(at));
  }

  end(ends: ReadonlyMap<number, Moment>): void {
    for (const [server, waits] of this.#servers) {
      const at = ends.get(server);
      if (at !== undefined) this.#expire(waits, wallOf(at));
      for (const one of waits.all) {
        const waited = at === undefined ? undefined : timeBetween(one.at, at);
        if (one.failure === undefined) this.cases.open(one.at, one.values, waited);
        else one.failure.waited = waited;
      }
    }
  }

  #begin({ at, server }: Heard, values: Obligation['values']): void {
    this.cases.applied += 1;
    if (this.#open >= maxOpen) {
      this.cases.notFollowed += 1;
      return;
    }
    const { within, then, unless } = this.#demand;
    const timed = within !== undefined && at.untimed !== true;
    const one: Obligation = { at, values, due: timed ? wallOf(at) + within / 1000 : Infinity };
    let waits = this.#servers.get(server);
    if (waits === undefined) {
      waits = { then: new GoalWatch(then), unless: new GoalWatch(unless), due: new Set(), all: new Set() };
      this.#servers.set(server, waits);
    }
    this.#open += 1;
    waits.all.add(one);
    if (timed) waits.due.add(one);
    waits.then.add(one);
    waits.unless.add(one);
  }

  #came(waits: Waits, one: Obligation, wrong: boolean, by: Moment): void {
    this.#remove(waits, one);
    if (one.failure !== undefined) {
      one.failure.outcome = 'late';
      one.failure.by = by;
      one.failure.waited = timeBetween(one.at, by);
    } else if (wrong) this.cases.fail('wrong', one.at, one.values, by);
  }

  #expire(waits: Waits, now: number): void {
    for (const one of waits.due) {
      if (one.due >= now) return;
      waits.due.delete(one);
      one.failure = this.cases.fail('missing', one.at, one.values);
    }
  }

  #remove(waits: Waits, one: Obligation): void {
    if (!waits.all.delete(one)) return;
    this.#open -= 1;
    waits.due.delete(one);
    waits.then.remove(one);
    waits.unless.remove(one);
  }
}

class NeverCourse implements Course {
  readonly cases = new Cases();
  readonly #match: PatternMatch;

  constructor(pattern: ConstructorParameters<typeof PatternMatch>[0]) {
    this.#match = new PatternMatch(pattern);
  }

  take(heard: Heard): void {
    const values = this.#match.named(heard);
    if (values === undefined) return;
    this.cases.applied += 1;
    this.cases.fail('wrong', heard.at, values);
  }

  passed(): void {
    // No time is awaited.
  }

  end(): void {
    // What must not be has not been.
  }
}

class AtMostCourse implements Course {
  readonly cases = new Cases();
  readonly #most: number;
  readonly #match: PatternMatch;
  /** By session: the places of commands without a response. */
  readonly #waiting = new Map<number, Set<number>>();

  constructor({ most, pattern }: Extract<Demand, { form: 'at most' }>) {
    this.#most = most;
    this.#match = new PatternMatch(pattern);
  }

  take(heard: Heard): void {
    const { session, seq, kind, replyTo } = heard.message;
    const waiting = this.#waiting.get(session) ?? new Set();
    if (replyTo !== undefined) waiting.delete(replyTo);
    if (kind === 'command' && this.#match.named(heard) !== undefined) {
      this.cases.applied += 1;
      if (waiting.size < maxOpen) waiting.add(seq);
      this.#waiting.set(session, waiting);
      if (waiting.size === this.#most + 1) this.cases.fail('wrong', heard.at);
    }
    if (waiting.size === 0) this.#waiting.delete(session);
  }

  passed(): void {
    // No time is awaited.
  }

  end(): void {
    // What waits at the end is not too much.
  }
}

class SometimesCourse implements Course {
  readonly cases = new Cases();
  readonly #match: PatternMatch;

  constructor(pattern: ConstructorParameters<typeof PatternMatch>[0]) {
    this.#match = new PatternMatch(pattern);
  }

  take(heard: Heard): void {
    if (this.#match.named(heard) !== undefined) this.cases.applied += 1;
  }

  passed(): void {
    // It may come at any time.
  }

  end(): void {
    if (this.cases.applied === 0) this.cases.fail('missing', undefined);
  }
}
