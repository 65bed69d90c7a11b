/**
 * A condition on messages: the tree that a filter is parsed into, and that a store may turn into a
 * query. `matcher.ts` is its meaning; a query must give the same result.
 */
import type { FlagName, NumberName, PathName, TextName } from './fields/fields.js';
import type { Comparison } from './fields/sql.js';

export type { Comparison };

/** A shell-like pattern: `*` for any run of characters, `?` for one; the rest stands for itself. */
export type Glob = string;

/**
 * Whatever a message does not have makes the condition on it false, and so its negation true: `not dur>1s`
 * holds for an event. The fields are the rows of `fields/fields.ts`.
 */
export type Condition =
  | { readonly op: 'all' }
  /** Of none: `and` is true, `or` false. */
  | { readonly op: 'and' | 'or'; readonly of: readonly Condition[] }
  | { readonly op: 'not'; readonly of: Condition }
  /** A text that the message has. */
  | { readonly op: 'glob'; readonly field: TextName; readonly glob: Glob }
  /** A value that the path leads to, as JSON text; of a string, what is between its quotes. */
  | { readonly op: 'glob'; readonly field: PathName; readonly path: string; readonly glob: Glob }
  | { readonly op: 'compare'; readonly field: NumberName; readonly is: Comparison; readonly value: number }
  | { readonly op: 'flag'; readonly field: FlagName }
  /** In the frame's bytes, in UTF-8, ignoring the case of a to z. */
  | { readonly op: 'text'; readonly text: string }
  /** In the frame's text without the white space around it. */
  | { readonly op: 'regex'; readonly source: string; readonly ignoreCase: boolean };
