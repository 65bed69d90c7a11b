/** A record of libvirt's log, and what the monitors and the agents that are read from it share. */
import type { ImportedTraffic } from '../import.js';
import type { LogLine } from '../reading/line.js';

/** A record, its lines joined by line feeds. */
export interface LogRecord extends Omit<LogLine, 'number' | 'source'> {
  /** Of its first line, from 1. */
  readonly line: number;
}

/** What the two kinds of conversation in a log share. */
export interface LogContext {
  readonly traffic: ImportedTraffic;
  /** The bytes of a whole message; undefined, and reported, where the text is damaged. */
  readonly whole: (text: string, record: LogRecord) => Uint8Array | undefined;
  /** The only machine that is wanted; undefined: all are. */
  readonly wanted: string | undefined;
  /** Says that a record is left out, and why. */
  readonly leaveOut: (record: LogRecord, why: string) => void;
  /** The machine that a thread serves, as far as the log told. */
  readonly machines: Map<string, string>;
}

/** The head that libvirt writes, after the time if there is one: `7288: info : qemuMonitorSend:861 : text`. */
const head = /^(?:(\d+): (debug|info|warning|error) : )?(?:([A-Za-z_]\w*):\d+ : )?/;

/** How records begin that are read, where their head is not there. */
const known =
  /^(?:QEMU_MONITOR_[A-Z_]+: |Line \[|mon=0x|(?:Connect|Entering) (?:monitor|agent)|Send command '|Sending guest-sync|Triggering (?:EOF|error) callback|\[[\d.]+[A-Z]* blob data\])/;

/** The same anywhere in a line, after a prefix of a kind that is not known. */
const within =
  /(?:(\d+): (debug|info|warning|error) : )?(?:([A-Za-z_]\w*):\d+ : )?(?=QEMU_MONITOR_[A-Z_]+: (?:refs=\d+ )?mon=0x|Line \[\{"QMP"|mon=(?:0x)?0x[0-9a-f]+ line=\[\{"QMP"|Entering (?:monitor|agent) \()/;

const rest = /^\s*(?:len=\d|fd=-?\d)/;

/** Whether a line goes on with the record before: the end of a command's line lies inside of that. */
export function goesOn(line: string): boolean {
  return rest.test(line);
}

/**
 * The record that a line begins; undefined if it goes on with the one before. `find` looks for a time in a prefix
 * of a kind that is not known.
 */
export function beginRecord(
  line: LogLine,
  find: (prefix: string) => number | undefined,
): LogRecord | undefined {
  const { text, number } = line;
  if (goesOn(text)) return undefined;
  const [all = '', thread, level, place] = head.exec(text) ?? [];
  const bare = text.slice(all.length);
  const begins = thread !== undefined || line.micros !== undefined || line.place !== '' || known.test(bare);
  if (begins && (known.test(bare) || !within.test(bare))) {
    return {
      line: number,
      text: bare,
      micros: line.micros,
      thread: thread ?? line.thread,
      place: place ?? line.place,
      level: level ?? line.level,
    };
  }
  const found = within.exec(text);
  if (found === null) return undefined;
  return {
    line: number,
    text: text.slice(found.index + found[0].length),
    micros: find(text.slice(0, found.index)) ?? line.micros,
    thread: found[1] ?? line.thread,
    place: found[3] ?? line.place,
    level: found[2] ?? line.level,
  };
}

/** What a monitor received, before a probe tells it again; the greeting is told only here. */
const toldAgain = /^(?:Line |mon=0x[0-9a-fx]+ line=)\[(?!\s*\{.{0,9}QMP)/;

/** Most of a debug log is something else; only what may be needed is kept and joined. */
export function isInteresting({ place, text, level }: Pick<LogRecord, 'place' | 'text' | 'level'>): boolean {
  if (level === 'error' || level === 'warning' || place.startsWith('qemuAgent')) return true;
  return known.test(text) && !toldAgain.test(text);
}
