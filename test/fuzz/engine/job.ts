/** What the watcher and the process that it watches tell each other. Inputs go as base64. */

/** What a process has to do. */
export interface Job {
  /** Of a target, or the path of its module. */
  readonly name: string;
  /** The file to which each input is written before it is tried. */
  readonly current: string;
  readonly work: Search | Repetition;
}

export interface Search {
  readonly mode: 'fuzz' | 'minimise';
  /** The same seed gives the same inputs. */
  readonly seed: string;
  readonly seconds: number;
  /** At most. */
  readonly executions: number;
  /** Inputs besides the corpus. */
  readonly extra: readonly string[];
}

/** One input is tried once more. */
export interface Repetition {
  readonly mode: 'repeat';
  readonly file: string;
}

export interface Counts {
  readonly executions: number;
  readonly corpus: number;
  readonly branches: number;
}

/** What a process tells: how far it is, what it found, how it ended. */
export type Report =
  | ({ readonly type: 'status' | 'done' } & Counts)
  | { readonly type: 'kept'; readonly input: string }
  | { readonly type: 'failed'; readonly input: string; readonly why: string }
  | { readonly type: 'broken'; readonly why: string };
