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
  /** The minute that was read last, as it is spelled, and its zone: most lines of a log are in the same. */
  #minute = { text: '', zone: '', micros: 0 };

  /** `now`: microseconds since 1970, when the file was last written. */
  constructor(now: number, zone = 0) {
    this.#now = now;
    this.#zone = zone;
  }

  /** Microseconds since 1970 of a text that is a time; undefined if it is none. */
  read(text: string): number | undefined {
    const again = this.#sameMinute(text);
    if (again !== undefined) return again;
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
    const time = utc === undefined || zone !== '' ? utc : utc - this.#zone;
    const within = secondsOf(text, zone);
    if (time !== undefined && within !== undefined)
      this.#minute = { text: text.slice(0, minuteLength), zone, micros: time - within };
    return time;
  }

  #sameMinute(text: string): number | undefined {
    const { text: minute, zone, micros: since } = this.#minute;
    if (minute === '' || !text.startsWith(minute)) return undefined;
    const within = secondsOf(text, zone);
    return within === undefined ? undefined : since + within;
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

/** `2026-11-20 09:11`. */
const minuteLength = 16;

/**
 * Microseconds of `:32.952+0000` behind a minute; undefined if it is another zone, or not spelled like this. Digit by
 * digit: it is asked for each line of a long log.
 */
function secondsOf(text: string, zone: string): number | undefined {
  const end = text.length - zone.length;
  if (text.charCodeAt(minuteLength) !== 0x3a || !text.endsWith(zone)) return undefined;
  const [tens, ones] = [digit(text, minuteLength + 1), digit(text, minuteLength + 2)];
  if (tens > 5 || ones > 9) return undefined;
  let at = minuteLength + 3;
  let micros = (tens * 10 + ones) * 1e6;
  if (at === end) return micros;
  const dot = text.charCodeAt(at);
  if ((dot !== 0x2e && dot !== 0x2c) || end - at < 2 || end - at > 10) return undefined;
  for (let worth = 1e5; ++at < end; worth /= 10) {
    const value = digit(text, at);
    if (value > 9) return undefined;
    if (worth >= 1) micros += value * worth;
  }
  return micros;
}

/** Above 9 if it is none. */
function digit(text: string, at: number): number {
  const value = text.charCodeAt(at) - 0x30;
  return value >= 0 ? value : 10;
}

function micros(fraction = ''): number {
  return Number(fraction.padEnd(6, '0').slice(0, 6));
}
