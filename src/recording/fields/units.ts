/** The units in which the numbers of a filter are written. */
import { type ErrorAccount, UsageError } from '../../errors.js';
import { isoTime, parseIsoTime } from '../../text/time.js';

export interface Unit {
  /** @throws UsageError whose column counts from the text's beginning */
  parse(text: string): number;
  /** Text that `parse` reads as this number. */
  print(value: number): string;
  /** Whether the text is meant in this unit, right or wrong. */
  reads(text: string): boolean;
}

type Sizes = readonly (readonly [unit: string, size: number])[];

/** A plain number. */
export const count: Unit = {
  parse: (text) =>
    /^\d{1,15}$/.test(text)
      ? Number(text)
      : refuse({ reason: `'${text}' is no number`, remedy: 'write one like 2' }),
  print: String,
  reads: (text) => /^\d+$/.test(text),
};

/** Nanoseconds. */
export const duration: Unit = {
  ...scaled(
    [
      ['h', 3_600_000_000_000],
      ['min', 60_000_000_000],
      ['s', 1_000_000_000],
      ['ms', 1_000_000],
      ['us', 1_000],
      ['µs', 1_000],
      ['ns', 1],
    ],
    { what: 'time', examples: '50ms, 1.5s or 2min', units: 'ns, us, ms, s, min or h', most: '104 days' },
  ),
};

/** Bytes; a number alone is bytes as well. */
export const bytes: Unit = {
  ...scaled(
    [
      ['GB', 1e9],
      ['MB', 1e6],
      ['kB', 1e3],
      ['GiB', 2 ** 30],
      ['MiB', 2 ** 20],
      ['KiB', 2 ** 10],
      ['B', 1],
      ['', 1],
    ],
    { what: 'size', examples: '512, 10kB or 1MiB', units: 'B, kB, MB, GB, KiB, MiB or GiB', most: '9 PB' },
  ),
};

/** Microseconds since 1970, written as a date and a time, in UTC where it says no zone. */
export const moment: Unit = {
  parse(text) {
    const [, day = '', time = 'T00:00:00', rest = ''] =
      /^([\d-]*)([T ]\d\d:\d\d(?::\d\d)?)?([^]*)$/.exec(text) ?? [];
    const micros = parseIsoTime(`${day}${time.length === 6 ? `${time}:00` : time}${rest}`);
    return (
      micros ??
      refuse({ reason: `'${text}' is no date and time`, remedy: 'write one like 2026-11-20T08:52:30Z' })
    );
  },
  print: isoTime,
  reads: (text) => /^\d{4}-|^(?!\d{1,2}:)[^]*:/.test(text),
};

/** A day, in microseconds. */
export const dayMicros = 86_400_000_000;

/** Microseconds since midnight, in UTC where it says no zone. */
export const timeOfDay: Unit = {
  parse(text) {
    const [, minutes = '', seconds = ':00', rest = ''] = /^(\d{1,2}:\d\d)(:\d\d)?([^]*)$/.exec(text) ?? [];
    const micros = parseIsoTime(`1970-01-02T${minutes.padStart(5, '0')}${seconds}${rest}`);
    if (micros !== undefined) return micros % dayMicros;
    const remedy = 'write one like 10:56:11; a day as well: time>2026-11-20T08:52';
    return refuse({ reason: `'${text}' is no time of day`, remedy });
  },
  print: (value) => isoTime(value).slice(11, -1),
  reads: (text) => /^\d{1,2}:/.test(text),
};

function scaled(
  sizes: Sizes,
  say: { readonly what: string; readonly examples: string; readonly units: string; readonly most: string },
): Unit {
  return {
    parse(text) {
      const [, number, unit] = /^(\d{1,16}(?:\.\d{1,9})?)(\p{L}*)$/u.exec(text) ?? [];
      if (number === undefined || unit === undefined) {
        return refuse({ reason: `'${text}' is no ${say.what}`, remedy: `write one like ${say.examples}` });
      }
      if (unit === '' && Number(number) === 0) return 0;
      const size = sizes.find(([name]) => name === unit)?.[1];
      if (size === undefined)
        return refuse({ reason: `a ${say.what} wants a unit: ${say.units}` }, number.length);
      const value = Math.round(Number(number) * size);
      return Number.isSafeInteger(value) ? value : refuse({ reason: `a ${say.what} is at most ${say.most}` });
    },
    print(value) {
      const [unit, size] = sizes.find(([name, one]) => name !== '' && value % one === 0) ?? ['', 1];
      return value === 0 ? '0' : `${value / size}${unit}`;
    },
    reads: (text) => /^[\d.]+\p{L}*$/u.test(text),
  };
}

function refuse(account: ErrorAccount, column = 0): never {
  throw new UsageError(account, { column });
}
