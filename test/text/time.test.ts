import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isoTime, parseIsoTime } from '../../src/text/time.js';

test('agrees with Date, to the microsecond', () => {
  fc.assert(
    fc.property(fc.integer({ min: -2_000_000_000_000, max: 4_000_000_000_000 }), fc.nat(999), (ms, us) => {
      const expected = new Date(ms).toISOString().replace('Z', `${String(us).padStart(3, '0')}Z`);
      expect(isoTime(ms * 1000 + us)).toBe(expected);
      expect(parseIsoTime(expected)).toBe(ms * 1000 + us);
    }),
  );
});

test.each([
  ['2026-11-20 09:11:32.952+0000', Date.UTC(2026, 10, 20, 9, 11, 32, 952) * 1000],
  ['2024-02-29T12:00:00+02:00', Date.UTC(2024, 1, 29, 10) * 1000],
  ['2024-02-29T12:00:00,5-0130', Date.UTC(2024, 1, 29, 13, 30, 0, 500) * 1000],
  ['2016-12-31T23:59:60Z', Date.UTC(2017, 0, 1) * 1000],
  ['0001-01-01T00:00:00Z', -62_135_596_800_000_000],
  ['2026-13-01T00:00:00Z', undefined],
  ['2026-02-29T00:00:00Z', undefined],
  ['2026-01-01T25:00:00Z', undefined],
  ['2026-01-01T00:00:61Z', undefined],
  ['yesterday', undefined],
])('reads %s', (text, expected) => {
  expect(parseIsoTime(text)).toBe(expected);
});

test.each([
  [1e308, '9999-12-31T23:59:59.000000Z'],
  [Infinity, '9999-12-31T23:59:59.000000Z'],
  [-1e308, '0001-01-01T00:00:00.000000Z'],
])('%d is out of its years', (micros, expected) => {
  expect(isoTime(micros)).toBe(expected);
});
