/** Wall-clock times as text, in UTC. Takes them; never asks what time it is. */

/** The first and the last second of the years that have four digits, in microseconds. */
const [earliest, latest] = [-62_135_596_800_000_000, 253_402_300_799_000_000];

/** `2026-11-20T08:52:30.127123Z` for microseconds since 1970. What is out of its years has the first or the last of them. */
export function isoTime(time: number): string {
  const micros = Math.min(Math.max(time, earliest), latest);
  const seconds = Math.floor(micros / 1e6);
  const days = Math.floor(seconds / 86_400);
  const [year, month, day] = civil(days);
  const rest = seconds - days * 86_400;
  const clock = [Math.floor(rest / 3600), Math.floor((rest % 3600) / 60), rest % 60].map((part) =>
    digits(part, 2),
  );
  const fraction = digits(Math.floor(micros - seconds * 1e6), 6);
  return `${digits(year, 4)}-${digits(month, 2)}-${digits(day, 2)}T${clock.join(':')}.${fraction}Z`;
}

/** Microseconds since 1970 of what `isoTime` gives, or of less precise text; undefined if it is no time. */
export function parseIsoTime(text: string): number | undefined {
  const match = /^(\d{4})-(\d\d)-(\d\d)[T ](\d\d):(\d\d):(\d\d)(?:[.,](\d{1,9}))?(Z|[+-]\d\d:?\d\d)?$/.exec(
    text,
  );
  if (!match) return undefined;
  const [year, month, day, hour, minute, second] = match.slice(1, 7).map(Number) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  const fraction = Number((match[7] ?? '').padEnd(6, '0').slice(0, 6));
  const days = daysBefore(year, month) + day - 1;
  const seconds = days * 86_400 + hour * 3600 + minute * 60 + second - zoneSeconds(match[8]);
  return seconds * 1e6 + fraction;
}

function zoneSeconds(zone: string | undefined): number {
  if (zone === undefined || zone === 'Z') return 0;
  const minutes = Number(zone.slice(1, 3)) * 60 + Number(zone.slice(-2));
  return (zone.startsWith('-') ? -60 : 60) * minutes;
}

function digits(value: number, count: number): string {
  return String(value).padStart(count, '0');
}

function isLeap(year: number): boolean {
  return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
}

function monthLengths(year: number): number[] {
  return [31, isLeap(year) ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
}

/** Days from 1970-01-01 to the first of a month. */
function daysBefore(year: number, month: number): number {
  const past = year - 1;
  const leaps = (value: number): number =>
    Math.floor(value / 4) - Math.floor(value / 100) + Math.floor(value / 400);
  const years = (year - 1970) * 365 + leaps(past) - leaps(1969);
  return monthLengths(year)
    .slice(0, month - 1)
    .reduce((sum, length) => sum + length, years);
}

function civil(days: number): [year: number, month: number, day: number] {
  let year = 1970 + Math.floor(days / 365.2425);
  while (daysBefore(year + 1, 1) <= days) year += 1;
  while (daysBefore(year, 1) > days) year -= 1;
  let rest = days - daysBefore(year, 1);
  let month = 1;
  for (const length of monthLengths(year)) {
    if (rest < length) break;
    rest -= length;
    month += 1;
  }
  return [year, month, rest + 1];
}
