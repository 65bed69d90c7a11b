/**
 * Times as logs write them: with or without a zone, a year, a date. What is missing is filled in from the file's
 * date and, for the zone, from the events' own timestamps, which count from 1970.
 */
import { isoTime, parseIsoTime } from '../../text/time.js';

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

const day = 86_400e6;
const quarter = 900e6;

/** Longer than an event takes from QEMU into a log, and shorter than half a step between zones. */
const maximumDelay = 120e6;

/** ISO 8601 and its relatives: `2026/05/01 10:00:00,250`, `2026-05-01 10:00:00 UTC`. */
const dated = String.raw`\d{4}[-/]\d\d[-/]\d\d[T ]\d\d:\d\d:\d\d(?:[.,]\d{1,9})?(?: ?(?:Z|UTC|GMT|[+-]\d\d:?\d\d))?`;
const syslog = String.raw`(?:${months.join('|')}) [ \d]\d \d\d:\d\d:\d\d(?:\.\d{1,9})?`;
const unix = String.raw`\b1\d{9}\.\d{3,9}\b`;
const klog = String.raw`\b[IWEF]\d{4} \d\d:\d\d:\d\d\.\d{6}`;
const uptime = String.raw`\[ *\d+\.\d{3,6}\]`;
const clockOnly = String.raw`\b\d\d:\d\d:\d\d(?:[.,]\d{1,9})?`;

/** Any time that a line can begin with, as the source of a pattern. */
export const anyTime = [dated, syslog, unix, klog, uptime, clockOnly].join('|');

const everyTime = new RegExp(anyTime, 'g');

/** Reads the times of one file. */
export class Clock {
  readonly #now: number;
  /** Microseconds that the zone of times without one is ahead of UTC. */
  #zone: number;
  #uptimeBase: number | undefined;

  /** `now`: microseconds since 1970, when the file was last written. */
  constructor(now: number, zone = 0) {
    this.#now = now;
    this.#zone = zone;
  }

  /** Microseconds since 1970 of a text that is a time; undefined if it is none. */
  read(text: string): number | undefined {
    if (/^\d{4}[-/]/.test(text)) return this.#dated(text);
    const unixTime = /^(1\d{9})\.(\d+)$/.exec(text);
    if (unixTime !== null) return Number(unixTime[1]) * 1e6 + micros(unixTime[2]);
    const short = /^([A-Z][a-z]{2}) ([ \d]\d) (\d\d:\d\d:\d\d(?:\.\d+)?)$/.exec(text);
    if (short !== null) {
      const [, month = '', date = '', time = ''] = short;
      return this.#withoutYear(months.indexOf(month) + 1, Number(date), time);
    }
    const go = /^[IWEF](\d\d)(\d\d) (.*)$/.exec(text);
    if (go !== null) return this.#withoutYear(Number(go[1]), Number(go[2]), go[3] ?? '');
    const up = /^\[ *(\d+)\.(\d+)\]$/.exec(text);
    if (up !== null) return this.#uptime(Number(up[1]) * 1e6 + micros(up[2]));
    if (/^\d\d:\d\d:\d\d/.test(text)) return this.#dated(`${isoTime(this.#now).slice(0, 10)} ${text}`);
    return undefined;
  }

  /** The last time in a prefix, which is the one closest to the record. */
  find(prefix: string): number | undefined {
    // No prefix is that long, and this one is searched at every place.
    const found = prefix.slice(-400).match(everyTime)?.at(-1);
    return found === undefined ? undefined : this.read(found);
  }

  #dated(text: string): number | undefined {
    const [, date = '', clock = '', zone = ''] =
      /^(\d{4}[-/]\d\d[-/]\d\d)[T ]([\d:.,]+) ?(.*)$/.exec(text) ?? [];
    const utc = parseIsoTime(`${date.replaceAll('/', '-')}T${clock}${/^[+-]/.test(zone) ? zone : ''}`);
    return utc === undefined || zone !== '' ? utc : utc - this.#zone;
  }

  /** In the file's year, or the one before if that has not come yet. */
  #withoutYear(month: number, date: number, clock: string): number | undefined {
    const year = Number(isoTime(this.#now).slice(0, 4));
    const two = (value: number): string => String(value).padStart(2, '0');
    const at = (of: number): number | undefined => this.#dated(`${of}-${two(month)}-${two(date)} ${clock}`);
    const time = at(year);
    return time !== undefined && time > this.#now + day ? at(year - 1) : time;
  }

  /** The first one is taken for the file's date: when the machine was started is not known. */
  #uptime(time: number): number {
    this.#uptimeBase ??= this.#now - time;
    return this.#uptimeBase + time;
  }
}

/** How far a clock without a zone is ahead of UTC, by the time of a line and the timestamp of the event in it. */
export function zoneBetween(line: number, event: number): number | undefined {
  const zone = Math.round((line - event) / quarter) * quarter + 0;
  const isZone = Math.abs(zone) <= 14 * 3600e6;
  return isZone && Math.abs(line - event - zone) <= maximumDelay ? zone : undefined;
}

function micros(fraction = ''): number {
  return Number(fraction.padEnd(6, '0').slice(0, 6));
}
