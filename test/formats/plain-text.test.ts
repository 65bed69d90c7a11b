import fc from 'fast-check';
import { expect, test } from 'vitest';
import { counted, oneLine, safeLine } from '../../src/formats/plain-text.js';

test('what moves a cursor, breaks a line or turns text is escaped; other text is as it was', () => {
  expect(safeLine('a\tb é 漢 \u{1f600}')).toBe('a\tb é 漢 \u{1f600}');
  expect(safeLine('\u001b[2J\r\n\u009b\u2028\u202e\u2066\ufeff\u200b\u007f')).toBe(
    '\\u001b[2J\\u000d\\u000a\\u009b\\u2028\\u202e\\u2066\\ufeff\\u200b\\u007f',
  );
  expect(oneLine('a\tb')).toBe('a\\u0009b');
});

test('one line stays one line, and JSON in it means the same', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      expect(oneLine(text)).not.toMatch(/[\0-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]/);
      expect(JSON.parse(safeLine(JSON.stringify(text)))).toBe(text);
    }),
  );
});

test('one, and more', () => {
  expect([0, 1, 2].map((count) => counted(count, 'event'))).toEqual(['0 events', '1 event', '2 events']);
});
