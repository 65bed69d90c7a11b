/** After Markus Kuhn's decoder stress test: what is a character, and where the next one begins. */
import { describe, expect, test } from 'vitest';
import { frameProblem, parseJson } from '../../src/json/parse.js';
import { type Character, quoted, readCharacter } from '../../src/json/utf8.js';
import { fromLatin1 } from '../support/frames.js';

function read(text: string): Character {
  const character = { codePoint: 0, end: 0 };
  readCharacter(fromLatin1(text), 0, character);
  return character;
}

describe('characters', () => {
  test.each([
    ['first of one byte', '\x01', 0x01],
    ['last of one byte', '\x7f', 0x7f],
    ['first of two', '\xc2\x80', 0x80],
    ['last of two', '\xdf\xbf', 0x7ff],
    ['first of three', '\xe0\xa0\x80', 0x800],
    ['last before the surrogates', '\xed\x9f\xbf', 0xd7ff],
    ['first after the surrogates', '\xee\x80\x80', 0xe000],
    ['before the noncharacters', '\xef\xb7\x8f', 0xfdcf],
    ['after the noncharacters', '\xef\xb7\xb0', 0xfdf0],
    ['replacement character', '\xef\xbf\xbd', 0xfffd],
    ['first of four', '\xf0\x90\x80\x80', 0x10000],
    ['last that is one', '\xf4\x8f\xbf\xbd', 0x10fffd],
    ['the NUL of modified UTF-8', '\xc0\x80', 0],
  ])('%s', (_name, text, codePoint) => {
    expect(read(text)).toEqual({ codePoint, end: text.length });
    // A control character may only be escaped; the reader of characters does not mind.
    if (codePoint >= 0x20) expect(parseJson(fromLatin1(`"${text}"`))).toBe(String.fromCodePoint(codePoint));
  });
});

describe('broken pieces', () => {
  test.each([
    ['a continuation byte', '\x80', 1],
    ['the last continuation byte', '\xbf', 1],
    ['a lead of two alone', '\xc2', 1],
    ['a lead of two before a space', '\xc2 ', 1],
    ['two of three', '\xe2\x82', 2],
    ['three of four', '\xf0\x9f\x98', 3],
    ['four of five', '\xf8\x88\x80\x80', 4],
    ['five of six', '\xfc\x84\x80\x80\x80', 5],
    ['five bytes', '\xf8\x88\x80\x80\x80', 5],
    ['six bytes', '\xfd\xbf\xbf\xbf\xbf\xbf', 6],
    ['FE', '\xfe', 1],
    ['FF', '\xff', 1],
    ['overlong slash in two', '\xc0\xaf', 2],
    ['overlong slash in three', '\xe0\x80\xaf', 3],
    ['overlong slash in four', '\xf0\x80\x80\xaf', 4],
    ['overlong slash in six', '\xfc\x80\x80\x80\x80\xaf', 6],
    ['longest overlong of two', '\xc1\xbf', 2],
    ['longest overlong of three', '\xe0\x9f\xbf', 3],
    ['longest overlong of four', '\xf0\x8f\xbf\xbf', 4],
    ['NUL in three', '\xe0\x80\x80', 3],
    ['a surrogate', '\xed\xa0\x80', 3],
    ['the last surrogate', '\xed\xbf\xbf', 3],
    ['a pair of surrogates', '\xed\xa0\x80\xed\xb0\x80', 3],
    ['beyond U+10FFFF', '\xf4\x90\x80\x80', 4],
    ['U+FFFE', '\xef\xbf\xbe', 3],
    ['U+FFFF', '\xef\xbf\xbf', 3],
    ['U+FDD0', '\xef\xb7\x90', 3],
    ['U+FDEF', '\xef\xb7\xaf', 3],
    ['U+1FFFE', '\xf0\x9f\xbf\xbe', 4],
    ['U+10FFFF', '\xf4\x8f\xbf\xbf', 4],
  ])('%s', (_name, text, end) => {
    expect(read(text)).toEqual({ codePoint: -1, end });
    if (!/[\xfe\xff]/.test(text)) {
      expect(frameProblem(fromLatin1(`"${text}"`))).toBe(
        'JSON parse error, invalid UTF-8 sequence in string',
      );
    }
  });
});

test('a quotation shows a replacement for each broken piece, and ends at a NUL', () => {
  expect(quoted(fromLatin1('a\xe2\x82b\x80\xff\xc0\x80\xc3\xa9\0hidden'))).toBe('a\ufffdb\ufffd\ufffd\0é');
});
