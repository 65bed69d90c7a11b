/**
 * A condition on messages: the tree that a filter is parsed into, and that a store may turn into a
 * query. `matches` is its meaning; a query must give the same result.
 */
import type { Direction, Message, MessageKind } from './message.js';

/** A shell-like pattern: `*` for any run of characters, `?` for one; the rest stands for itself. */
export type Glob = string;

export type Comparison = '<' | '<=' | '>' | '>=' | '=';

export type Condition =
  | { readonly op: 'all' }
  | { readonly op: 'and' | 'or'; readonly of: readonly Condition[] }
  | { readonly op: 'not'; readonly of: Condition }
  | { readonly op: 'command' | 'event' | 'class' | 'label'; readonly glob: Glob }
  | { readonly op: 'kind'; readonly kind: MessageKind }
  | { readonly op: 'dir'; readonly dir: Direction }
  | { readonly op: 'session'; readonly session: number }
  /** The id's text; a string matches without its quotes. */
  | { readonly op: 'id'; readonly glob: Glob }
  /** Nanoseconds: of a response, or of the command that it answers. */
  | { readonly op: 'duration' | 'time'; readonly is: Comparison; readonly value: number }
  | { readonly op: 'fds'; readonly is: Comparison; readonly value: number }
  /** A command's argument by path; without a glob: that it is there. */
  | { readonly op: 'argument'; readonly path: string; readonly glob: Glob | undefined }
  /** A command that has no response. */
  | { readonly op: 'pending' }
  /** In the frame's text, ignoring case. */
  | { readonly op: 'text'; readonly text: string }
  | { readonly op: 'regex'; readonly source: string };

/** What of its surroundings a message needs to be judged. */
export interface MessageContext {
  readonly label: string | undefined;
  /** On a command: whether it was answered, and after how long (ns). */
  readonly answer: { readonly latency: number } | undefined;
}

/** A predicate made from a condition once, to be asked often. */
export type Matcher = (message: Message, context: MessageContext) => boolean;
