/** The zone of a log's times, where they tell none: by the timestamps of the events in it, which count from 1970. */
import { anyTime, Clock, zoneBetween } from './clock.js';

const timestamp = /"timestamp":\s*\{\s*"seconds":\s*(\d{9,10}),\s*"microseconds":\s*(\d{1,6})\s*\}/;

/** A date and a time of day, and no zone after it. */
const withoutZone = new RegExp(`(?:${anyTime})(?! ?(?:Z|UTC|GMT|[+-]\\d\\d))`, 'g');
const dated = /^(?:\d{4}[-/]|[A-Z][a-z]{2} |[IWEF]\d{4} |\d\d:)/;
const hasZone = /(?:Z|UTC|GMT|[+-]\d\d:?\d\d)$/;

/**
 * Microseconds that the times in these lines are ahead of UTC; undefined if nothing tells. An event that was logged
 * minutes late tells nothing. `now`: when the file was written, microseconds since 1970.
 */
export function zoneOf(lines: readonly string[], now: number): number | undefined {
  const clock = new Clock(now);
  let latest: string | undefined;
  for (const line of lines) {
    const event = timestamp.exec(line);
    const before = event === null ? line : line.slice(0, line.indexOf('{'));
    const time = before.slice(0, 400).match(withoutZone)?.at(-1);
    // socat has the time on a line of its own.
    if (time !== undefined) latest = dated.test(time) && !hasZone.test(time) ? socatTime(time) : undefined;
    if (event === null || latest === undefined) continue;
    const micros = clock.read(latest);
    const zone =
      micros === undefined ? undefined : zoneBetween(micros, Number(event[1]) * 1e6 + Number(event[2]));
    if (zone !== undefined) return zone;
  }
  return undefined;
}

/** To the second is enough, and socat's fraction is none. */
function socatTime(time: string): string {
  return time.replace(/[.,]\d+$/, '');
}
