import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { UsageError } from '../../../src/errors.js';
import { bytes, count, duration, moment } from '../../../src/recording/fields/units.js';

test.each([
  [count, '12', 12],
  [duration, '50ms', 50_000_000],
  [duration, '1.5us', 1_500],
  [duration, '3µs', 3_000],
  [duration, '0', 0],
  [bytes, '512', 512],
  [bytes, '10kB', 10_000],
  [bytes, '1.5KiB', 1_536],
  [moment, '1970-01-02', 86_400e6],
  [moment, '1970-01-01T00:01', 60e6],
  [moment, '1970-01-01 00:01Z', 60e6],
  [moment, '1970-01-01T01:00:01.5+01:00', 1.5e6],
])('%# reads %s', (unit, text, value) => {
  expect(unit.reads(text)).toBe(true);
  expect(unit.parse(text)).toBe(value);
});

test.each([
  [count, '-1', 0, 'is no number'],
  [count, '9999999999999999', 0, 'is no number'],
  [duration, 'fast', 0, 'is no time'],
  [duration, '50', 2, 'a time wants a unit: ns, us'],
  [duration, '999999999999h', 0, 'at most 104 days'],
  [bytes, '10kb', 2, 'a size wants a unit: B, kB'],
  [moment, '08:52', 0, 'is no date and time'],
  [moment, '2026-02-31', 0, 'is no date and time'],
])('%# refuses %s at column %i', (unit, text, column, why) => {
  const refused = (): unknown => unit.parse(text);
  expect(refused).toThrow(UsageError);
  expect(refused).toThrow(why);
  expect(refused).toThrow(expect.objectContaining({ column }));
});

describe.each(Object.entries({ count, duration, bytes, moment }))('%s', (_, unit) => {
  test('prints what it reads as the same number', () => {
    fc.assert(
      fc.property(fc.nat({ max: 2 ** 47 }), (value) => {
        expect(unit.parse(unit.print(value))).toBe(value);
      }),
    );
  });
});
