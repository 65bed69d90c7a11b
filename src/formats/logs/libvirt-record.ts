/** What the monitors and the agents in libvirt's log are read from. */
import type { ImportedTraffic } from '../import.js';
import type { LogLine } from './log-line.js';

/** A record, its lines joined by line feeds. */
export interface LogRecord extends LogLine {
  readonly line: number;
}

/** What the two kinds of conversation in a log share. */
export interface LogContext {
  readonly traffic: ImportedTraffic;
  /** The bytes of a whole message; undefined, and reported, where the text is damaged. */
  readonly whole: (text: string, record: LogRecord) => Uint8Array | undefined;
  /** The machine that a thread serves, as far as the log told. */
  readonly machines: Map<string, string>;
}
