/** Wall-clock times as text, in UTC: microseconds since 1970 to and from ISO 8601. */

/** The first and the last second of the years that have four digits, in microseconds. */
const [earliest, latest] = [-62_135_596_800_000_000, 253_402_300_799_000_000];

/** `2026-11-20T08:52:30.127123Z` for microseconds since 1970. Clamped to years 0001-9999. */
export function isoTime(time: number): string {
  const micros = Math.min(Math.max(time, earliest), latest);
  const millis = Math.floor(micros / 1000);
  const rest = String(Math.floor(micros - millis * 1000)).padStart(3, '0');
  return new Date(millis).toISOString().replace('Z', `${rest}Z`);
}

const iso = /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d):([0-5]\d|60)(?:[.,](\d{1,9}))?(Z|[+-]\d\d:?\d\d)?$/;

/**
 * Microseconds since 1970 of what `isoTime` gives, or of less precise text; undefined if it is not a time.
 * Without a zone it is UTC; a leap second is the first second of the next minute.
 */
export function parseIsoTime(text: string): number | undefined {
  const match = iso.exec(text);
  if (match === null) return undefined;
  const [, day, minute, second, fraction = '', zone = 'Z'] = match;
  const millis = Date.parse(`${day}T${minute}:00Z`);
  // A 31st of February would be the 3rd of March.
  if (Number.isNaN(millis) || !new Date(millis).toISOString().startsWith(`${day}T`)) return undefined;
  const seconds = millis / 1000 + Number(second) - zoneSeconds(zone);
  return seconds * 1e6 + Number(fraction.padEnd(6, '0').slice(0, 6));
}

function zoneSeconds(zone: string): number {
  if (zone === 'Z') return 0;
  const minutes = Number(zone.slice(1, 3)) * 60 + Number(zone.slice(-2));
  return (zone.startsWith('-') ? -60 : 60) * minutes;
}
