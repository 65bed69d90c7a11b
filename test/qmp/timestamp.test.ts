import { expect, test } from 'vitest';
import { eventTimestamp } from '../../src/qmp/timestamp.js';

const read = (text: string) => eventTimestamp(new TextEncoder().encode(text));

test('microseconds since 1970', () => {
  expect(read('{"timestamp": {"seconds": 1795165949, "microseconds": 626575}, "event": "RESUME"}')).toBe(
    1795165949626575,
  );
});

test.each([
  '{"event": "X"}',
  '{"timestamp": 1, "event": "X"}',
  '{"timestamp": {"seconds": -1, "microseconds": -1}}',
  '[',
  '',
])('no time in %s', (text) => {
  expect(read(text)).toBeUndefined();
});
