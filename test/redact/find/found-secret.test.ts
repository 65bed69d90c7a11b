import { expect, test } from 'vitest';
import { merged, replaceParts } from '../../../src/redact/find/found-secret.js';

test('parts that overlap are one, as long as all of them', () => {
  const parts = [
    { start: 5, end: 9, what: 'b' },
    { start: 0, end: 6, what: 'a' },
    { start: 12, end: 13, what: 'c' },
    { start: 1, end: 2, what: 'd' },
  ];
  expect(merged(parts)).toEqual([
    { start: 0, end: 9, what: 'a' },
    { start: 12, end: 13, what: 'c' },
  ]);
  expect(replaceParts('0123456789abcdef', parts, ({ text, what }) => `<${what}:${text.length}>`)).toBe(
    '<a:9>9ab<c:1>def',
  );
});
