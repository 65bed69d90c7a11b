/** Cases of a rule that wait for a message: found by the values that it names, or by the command that it answers. */
import type { MessageRef } from '../../recording/message.js';
import type { Moment } from '../stories/story.js';
import { namesOf } from './parse-rule.js';
import { AlternativeMatch, type Heard, keyOf, type Values } from './pattern-match.js';
import type { Goal } from './rule.js';

/** What waits. */
export interface Waiting {
  readonly at: Moment;
  readonly values: Values;
}

/** A message came for these. `wrong`: a response, but not the one that is meant. */
export interface Arrival<T> {
  readonly waiting: readonly T[];
  readonly wrong: boolean;
}

const none: Arrival<never> = { waiting: [], wrong: false };

export class GoalWatch<T extends Waiting> {
  readonly #answer: 'response' | 'success' | 'error' | undefined;
  readonly #alternatives: readonly {
    readonly match: AlternativeMatch;
    readonly names: readonly string[];
    readonly waiting: Map<string, Set<T>>;
  }[];
  /** By the command. */
  readonly #asked = new Map<string, T>();

  /** Undefined: nothing is awaited. */
  constructor(goal: Goal | undefined) {
    this.#answer = goal !== undefined && 'answer' in goal ? goal.answer : undefined;
    const pattern = goal !== undefined && 'alternatives' in goal ? goal : undefined;
    const names = namesOf(pattern);
    this.#alternatives = (pattern?.alternatives ?? []).map((alternative, at) => {
      return { match: new AlternativeMatch(alternative), names: names[at] ?? [], waiting: new Map() };
    });
  }

  add(one: T): void {
    if (this.#answer !== undefined) this.#asked.set(refKey(one.at), one);
    for (const { names, waiting } of this.#alternatives) {
      const key = keyFor(one, names);
      const same = waiting.get(key) ?? new Set();
      waiting.set(key, same.add(one));
    }
  }

  remove(one: T): void {
    if (this.#answer !== undefined) this.#asked.delete(refKey(one.at));
    for (const { names, waiting } of this.#alternatives) {
      const key = keyFor(one, names);
      const same = waiting.get(key);
      same?.delete(one);
      if (same?.size === 0) waiting.delete(key);
    }
  }

  /** Those that this message is for. They go on waiting until they are removed. */
  arrived(heard: Heard): Arrival<T> {
    if (this.#answer !== undefined) return this.#answered(heard, this.#answer);
    const found = new Set<T>();
    for (const { match, names, waiting } of this.#alternatives) {
      if (waiting.size === 0) continue;
      for (const key of match.keys(heard, names)) for (const one of waiting.get(key) ?? []) found.add(one);
    }
    return found.size === 0 ? none : { waiting: [...found], wrong: false };
  }

  #answered({ message }: Heard, wanted: 'response' | 'success' | 'error'): Arrival<T> {
    const { kind, session, replyTo, late } = message;
    if (kind !== 'success' && kind !== 'error') return none;
    const ref = replyTo === undefined ? late : { session, seq: replyTo };
    const one = ref === undefined ? undefined : this.#asked.get(refKey(ref));
    return one === undefined ? none : { waiting: [one], wrong: wanted !== 'response' && wanted !== kind };
  }
}

function refKey({ session, seq }: MessageRef): string {
  return `${session} ${seq}`;
}

function keyFor({ values }: Waiting, names: readonly string[]): string {
  return keyOf(names.map((name) => values.get(name) ?? ''));
}
