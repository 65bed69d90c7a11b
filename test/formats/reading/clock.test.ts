import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Clock, zoneBetween } from '../../../src/formats/reading/clock.js';
import { parseIsoTime } from '../../../src/text/time.js';

const now = parseIsoTime('2026-05-02T00:00:00Z') ?? 0;
const expected = parseIsoTime('2026-05-01T10:00:00.25Z');

describe('a time in a log', () => {
  test.each([
    '2026-05-01T10:00:00.25Z',
    '2026-05-01 12:00:00,250+0200',
    '2026/05/01 10:00:00.250000',
    '2026-05-01 10:00:00.250 UTC',
    'May 01 10:00:00.250000',
    'May  1 10:00:00.25',
    '1777629600.250000',
    'I0501 10:00:00.250000',
  ])('%s', (text) => {
    expect(new Clock(now).read(text)).toBe(expected);
    expect(new Clock(now).find(`host ${text} libvirtd: `)).toBe(expected);
  });

  test.each(['', 'yesterday', '2026-13-01 10:00:00', '10:00', '9999999999.1'])('%j is none', (text) => {
    expect(new Clock(now).read(text)).toBeUndefined();
  });

  test('again and again it is the same as alone', () => {
    const two = (most: number): fc.Arbitrary<string> =>
      fc.integer({ min: 0, max: most }).map((value) => String(value).padStart(2, '0'));
    const time = fc
      .tuple(
        fc.constantFrom('2026-05-01 10:00', '2026-05-01T10:00', '2026-05-01 10:01', '2026/05/01 10:00'),
        two(61),
        fc.constantFrom('', '.', '.2', '.250', ',250', '.250000', '.123456789', '.1234567890', '.x', ':1'),
        fc.constantFrom('', 'Z', ' UTC', '+0000', '+02:00', '-0330', 'x', ' '),
      )
      .map(([minute, second, fraction, zone]) => `${minute}:${second}${fraction}${zone}`);
    fc.assert(
      fc.property(fc.array(time, { maxLength: 8 }), (texts) => {
        const clock = new Clock(now, 3600e6);
        expect(texts.map((text) => clock.read(text))).toEqual(
          texts.map((text) => new Clock(now, 3600e6).read(text)),
        );
      }),
      { numRuns: 1000 },
    );
  });

  test('without a year it is the last one that has been', () => {
    expect(new Clock(now).read('Dec 31 23:00:00')).toBe(parseIsoTime('2025-12-31T23:00:00Z'));
  });

  test('without a zone it is in that of the file', () => {
    const hours = 8 * 3600e6;
    expect(new Clock(now, hours).read('2026-05-01 18:00:00.25')).toBe(expected);
    expect(new Clock(now, hours).read('2026-05-01T10:00:00.25Z')).toBe(expected);
    expect(zoneBetween(1_000_000 + hours, 999_000)).toBe(hours);
    expect(zoneBetween(1e6 + hours + 600e6, 1e6)).toBeUndefined();
  });

  test('since the machine was started differences are right', () => {
    const clock = new Clock(now);
    const [first = 0, second = 0] = ['[   12.000001]', '[12.5]'.padEnd(6)].map((text) =>
      clock.read(text.trim()),
    );
    expect(second - first).toBe(499_999);
  });

  test('the last of several is the closest to the record', () => {
    expect(new Clock(now).find('2026-05-01T11:00:00Z [2026-05-01T10:00:00.25Z] ')).toBe(expected);
  });
});
