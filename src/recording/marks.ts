/** Marks and notes that a person puts on messages. They are kept beside the traffic, and are not part of it. */
import type { MessageRef } from './message.js';

/** A message that somebody marked. */
export interface Mark extends MessageRef {
  /** Undefined: marked, and nothing said about it. */
  readonly note: string | undefined;
}

/** Where marks are kept: at most one for each message. */
export interface MarkKeeper {
  /** In the order of the messages. */
  marks(): readonly Mark[];
  /** In place of the one that the message has. @throws OutputError where it cannot be kept */
  put(mark: Mark): void;
  /** @throws OutputError where it cannot be kept */
  remove(message: MessageRef): void;
}
