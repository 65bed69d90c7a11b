/**
 * A condition on messages: the tree that a filter is parsed into, and that a store may turn into a
 * query. `matches` is its meaning; a query must give the same result.
 */
import type { Direction, Message, MessageKind } from './message.js';

/** A shell-like pattern: `*` for any run of characters, `?` for one; the rest stands for itself. */
export type Glob = string;

export type Comparison = '<' | '<=' | '>' | '>=' | '=';

/**
 * Whatever a message does not have makes the condition on it false, and so its negation true: `not dur>1s`
 * holds for an event. Where letters may differ in case, only a to z may.
 */
export type Condition =
  | { readonly op: 'all' }
  /** Of none: `and` is true, `or` false. */
  | { readonly op: 'and' | 'or'; readonly of: readonly Condition[] }
  | { readonly op: 'not'; readonly of: Condition }
  /** A command by its name, a response by its command's. */
  | { readonly op: 'command'; readonly glob: Glob }
  /** An event's name, an error response's class, the session's label. */
  | { readonly op: 'event' | 'class' | 'label'; readonly glob: Glob }
  | { readonly op: 'kind'; readonly kind: MessageKind }
  | { readonly op: 'dir'; readonly dir: Direction }
  | { readonly op: 'session'; readonly session: number }
  /** The id's JSON text; of a string, what is between its quotes. */
  | { readonly op: 'id'; readonly glob: Glob }
  /** Nanoseconds: `duration` of a response, and of the command that it answers; `time` since the session began. */
  | { readonly op: 'duration' | 'time'; readonly is: Comparison; readonly value: number }
  | { readonly op: 'fds'; readonly is: Comparison; readonly value: number }
  /** A command's argument: one that the path below `arguments` leads to; without a glob, that it is there. */
  | { readonly op: 'argument'; readonly path: string; readonly glob: Glob | undefined }
  /** A command that has no response in its session; one that came to the next client does not count. */
  | { readonly op: 'pending' }
  /** In the frame's bytes, in UTF-8, ignoring case. */
  | { readonly op: 'text'; readonly text: string }
  /** In the frame's text without the white space around it. */
  | { readonly op: 'regex'; readonly source: string; readonly ignoreCase: boolean };

/** What of its surroundings a message needs to be judged. */
export interface MessageContext {
  /** The session's. */
  readonly label: string | undefined;
  /** On a command: that it was answered in its session, and after how long (ns). */
  readonly answer: { readonly latency: number | undefined } | undefined;
}

/** A predicate made from a condition once, to be asked often. */
export type Matcher = (message: Message, context: MessageContext) => boolean;
