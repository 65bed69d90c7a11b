/** The shapes of rules: what must hold of the order of messages. `parse-rule.ts` reads them, `rule-course.ts` judges. */
import type { Condition } from '../../recording/condition.js';
import type { PathName } from '../../recording/fields/fields.js';

/** How much it matters that a rule does not hold, from the least. */
export const levels = ['note', 'warning', 'error'] as const;
/** How much something matters. */
export type Level = (typeof levels)[number];

/** A member whose value is named, or must be what is named so. */
export interface Binding {
  /** Where the path begins: an argument, an event's data, a value that was returned. */
  readonly field: PathName;
  /** As in a filter: `ram.remaining`. */
  readonly path: string;
  /** Without its `$`. */
  readonly name: string;
}

/** A message with these members and of which this holds. */
export interface Alternative {
  /** What holds of it. */
  readonly condition: Condition;
  /** Its members that are named. */
  readonly bindings: readonly Binding[];
}

/** Any of these. */
export interface Pattern {
  /** At least one. */
  readonly alternatives: readonly Alternative[];
}

/** What is awaited: a message, or the response to the command that began it. */
export type Goal = Pattern | { readonly answer: 'response' | 'success' | 'error' };

/** What a rule demands. Times are nanoseconds. */
export type Demand =
  /** After each of these such a message comes. */
  | {
      readonly form: 'each';
      readonly trigger: Pattern;
      readonly then: Goal;
      readonly within: number | undefined;
      readonly unless: Goal | undefined;
    }
  | { readonly form: 'never'; readonly pattern: Pattern }
  /** Each message is one of these: from the session's beginning, or after each of `after`. */
  | {
      readonly form: 'always';
      readonly after: Pattern | undefined;
      readonly pattern: Pattern;
      readonly until: Goal | undefined;
    }
  /** No more of these commands wait for their responses at once, in one session. */
  | { readonly form: 'at most'; readonly most: number; readonly pattern: Pattern }
  | { readonly form: 'sometimes'; readonly pattern: Pattern };

/** A rule, as it is written and as it is meant. */
export interface Rule {
  /** Its name in reports. */
  readonly name: string;
  /** As it is written. */
  readonly text: string;
  /** As it is meant: see `parseRules`. */
  readonly demand: Demand;
  /** How much it matters if it does not hold. */
  readonly level: Level;
  /** What it means if it does not hold; `$name` stands for a value that the rule has named. */
  readonly title: string | undefined;
  /** Why that happens, in a sentence. */
  readonly cause: string | undefined;
}
