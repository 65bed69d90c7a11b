import { expect, test } from 'vitest';
import { ascii, decodeString } from '../../src/json/string.js';
import { fromLatin1 } from '../support/frames.js';

test.each([
  ['""', ''],
  ['"plain text that is long enough for the decoder"', 'plain text that is long enough for the decoder'],
  ["'\\''", "'"],
  ['"\\\\n"', '\\n'],
  ['"a\\u0041\\uD83D\\uDE00z"', 'aA\u{1f600}z'],
  ['"\\uABCD\\uabcd"', '\uabcd\uabcd'],
  ['"\xc3\xa9\\n\xe2\x82\xac"', 'é\n€'],
])('%s', (text, decoded) => {
  const bytes = fromLatin1(`..${text}..`);
  expect(decodeString(bytes, 2, bytes.length - 2)).toBe(decoded);
});

test.each([
  ['"\\x"', 'invalid escape sequence in string'],
  ['"\\N"', 'invalid escape sequence in string'],
  ['"\xff"', 'invalid UTF-8 sequence in string'],
  ['"\xe2\x82"', 'invalid UTF-8 sequence in string'],
  ['"\\u123"', '\\u123" is not a valid Unicode character'],
  ['"\\u123\\"x"', '\\u123\\ is not a valid Unicode character'],
  ['"\\uD83D\\n"', '\\uD83D is not a valid Unicode character'],
  ['"\\uDE00\\uD83D"', '\\uDE00 is not a valid Unicode character'],
  ['"\\uFDD0"', '\\uFDD0 is not a valid Unicode character'],
  // The first of several problems is told.
  ['"\xff\\x"', 'invalid UTF-8 sequence in string'],
])('%s is refused', (text, reason) => {
  const bytes = fromLatin1(text);
  expect(decodeString(bytes, 0, bytes.length)).toEqual({ reason });
});

test('a sequence that the closing quote breaks does not take what is behind it', () => {
  const bytes = fromLatin1('"\xe2"\x82\xac');
  expect(decodeString(bytes, 0, 3)).toEqual({ reason: 'invalid UTF-8 sequence in string' });
});

test.each([0, 1, 24, 25, 1000])('%i bytes of ASCII', (length) => {
  const text = 'abcdefghij'.repeat(100).slice(0, length);
  expect(ascii(fromLatin1(`.${text}.`), 1, length + 1)).toBe(text);
});
