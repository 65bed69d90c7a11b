/** A line of a log, out of whatever stood before it: what importers are given. */

export interface LogLine {
  /** A binary string: a character for each byte. */
  readonly text: string;
  /** In the file, from 1. */
  readonly number: number;
  /** Microseconds since 1970, by what stood before the text; undefined if that told no time. */
  readonly micros: number | undefined;
  /** Whose log it is, where several are in one file: a host, a pod, a file. Empty where it does not say. */
  readonly source: string;
  /** The thread that wrote it, and the C function; empty where the line does not say. */
  readonly thread: string;
  readonly place: string;
  /** `error` and `warning` are told apart; others are not needed. */
  readonly level: string;
}

/** Takes lines in their order. */
export interface LineSink {
  line(line: LogLine): void;
  /** Lines of the log are missing here, as between the matches of grep. */
  gap(number: number): void;
}
