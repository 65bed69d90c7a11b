/** What every listener can do, whatever it listens on. */
import type { Stream } from './stream.js';

export interface ListenerEvents {
  /** A peer has connected; nothing has been read from it yet. */
  connection(stream: Stream): void;
  /** Connections could not be accepted for a while, or never will be again; one line for the user. */
  trouble(text: string): void;
}

export interface Listener {
  /** Where it listens: with the port that the system chose, if it was left open. */
  readonly address: string;
  /** The listening socket's descriptor, to pass a copy of it to a child process; undefined where that is not possible. */
  readonly fd?: number;
  /** Notices for the user, one line each: a stale socket was replaced, for example. */
  readonly notices: readonly string[];
  /** There will be one connection only: standard input and output, or a socket that is connected already. */
  readonly single: boolean;
  /** Begins to accept, first those that connected before. Called once. */
  start(events: ListenerEvents): void;
  /** A session is over: one that connects to its clients may now do so again. */
  next?(): void;
  /** Accepts no more, and removes what `listen` made. Open connections continue. */
  close(): void;
}
