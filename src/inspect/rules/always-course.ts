/** Judges a rule that each message must be one of some: from a session's beginning, or after certain messages. */
import type { Moment } from '../stories/story.js';
import { Cases, type Course, timeBetween } from './cases.js';
import { GoalWatch, type Waiting } from './goal-watch.js';
import { type Heard, PatternMatch } from './pattern-match.js';
import type { Demand } from './rule.js';

/** Where it applies: undefined before its beginning and after its end. */
interface Scope {
  readonly watch: GoalWatch<Waiting>;
  readonly began: Waiting;
  readonly server: number;
}

const nothing: Waiting['values'] = new Map();

export class AlwaysCourse implements Course {
  readonly cases = new Cases();
  readonly #demand: Extract<Demand, { form: 'always' }>;
  readonly #after: PatternMatch | undefined;
  readonly #pattern: PatternMatch;
  /** By session; with `after`, by server. `over` has no second beginning. */
  readonly #scopes = new Map<number, Scope | 'over'>();

  constructor(demand: Extract<Demand, { form: 'always' }>) {
    this.#demand = demand;
    this.#after = demand.after && new PatternMatch(demand.after);
    this.#pattern = new PatternMatch(demand.pattern);
  }

  take(heard: Heard): void {
    const key = this.#after === undefined ? heard.message.session : heard.server;
    let scope = this.#scopes.get(key);
    if (scope === undefined && this.#after === undefined) scope = this.#begin(key, heard, nothing);
    if (scope !== undefined && scope !== 'over') {
      const { waiting, wrong } = scope.watch.arrived(heard);
      if (waiting.length > 0 && !wrong) this.#finish(key);
      else this.#judge(heard);
    }
    if (this.#after === undefined || this.#scopes.has(key)) return;
    const values = this.#after.named(heard);
    if (values !== undefined) this.#begin(key, heard, values);
  }

  passed(): void {
    // No time is awaited.
  }

  end(ends: ReadonlyMap<number, Moment>): void {
    if (this.#demand.until === undefined) return;
    for (const scope of this.#scopes.values()) {
      if (scope === 'over') continue;
      const at = ends.get(scope.server);
      this.cases.open(scope.began.at, scope.began.values, at && timeBetween(scope.began.at, at));
    }
  }

  #begin(key: number, { at, server }: Heard, values: Waiting['values']): Scope {
    const began = { at, values };
    const scope = { watch: new GoalWatch<Waiting>(this.#demand.until), began, server };
    scope.watch.add(began);
    this.#scopes.set(key, scope);
    return scope;
  }

  #finish(key: number): void {
    if (this.#after === undefined) this.#scopes.set(key, 'over');
    else this.#scopes.delete(key);
  }

  #judge(heard: Heard): void {
    this.cases.applied += 1;
    if (this.#pattern.named(heard) === undefined) this.cases.fail('wrong', heard.at);
  }
}
