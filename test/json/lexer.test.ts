import { describe, expect, test } from 'vitest';
import { Lexer, token } from '../../src/json/lexer.js';
import { fromLatin1 } from '../support/frames.js';

const names = new Map<number, string>(Object.entries(token).map(([name, number]) => [number, name]));

/** The tokens of a text, as names with their lengths, the end of the input included. */
function lex(text: string, nonFinite = false, longest = 100): string[] {
  const bytes = fromLatin1(text);
  const lexer = new Lexer(longest, nonFinite);
  const found: string[] = [];
  for (let at = 0; ; at = lexer.at) {
    if (lexer.recovering) lexer.at = at = lexer.recover(bytes, at, bytes.length);
    const next = lexer.next(bytes, at, bytes.length);
    if (next === token.none) break;
    found.push(`${names.get(next) ?? ''} ${lexer.length}`);
  }
  const last = lexer.flush();
  return last === token.none ? found : [...found, `${names.get(last) ?? ''} ${lexer.length}`];
}

describe('Lexer', () => {
  test.each([
    ['', []],
    [' \t\r\n', []],
    ['{}[]:,', ['openBrace 1', 'closeBrace 1', 'openBracket 1', 'closeBracket 1', 'colon 1', 'comma 1']],
    ['"a\\"b" \'"\\\'\'', ['string 6', 'string 5']],
    ['0 -0 10 1.5 0.5e3 -1E+20 1e-2', ['number 1', 'number 2', 'number 2', 'number 3', 'number 5', 'number 6', 'number 4']], // prettier-ignore
    ['true nulL', ['keyword 4', 'keyword 3', 'error 1']],
    ['0e1', ['number 1', 'keyword 1', 'number 1']],
    ['00', ['error 2']],
    ['1.x,', ['error 3', 'comma 1']],
    ['1e+,', ['error 4']],
    ['-a,', ['error 2', 'comma 1']],
    ['"\x1f', ['error 2']],
    ['"\\\x1f', ['error 3']],
    ['"\xfd\xfe', ['error 3']],
    ['"\\\xff', ['error 3']],
    ['@ "a\tb{', ['error 1', 'openBrace 1']],
    ['@a\x01', ['error 1', 'error 1']],
    ['@a\xfe', ['error 1', 'error 1']],
    ['1', ['number 1']],
    ['1.', ['error 2']],
    ['"a', ['error 2']],
    ['ab', ['keyword 2']],
  ])('%j', (text, tokens) => {
    expect(lex(text)).toEqual(tokens);
  });

  test('words with a sign, where they are wanted', () => {
    expect(lex('-inf,', true)).toEqual(['keyword 4', 'comma 1']);
    expect(lex('-1,', true)).toEqual(['number 2', 'comma 1']);
    expect(lex('-I,', true)).toEqual(['error 2', 'comma 1']);
  });

  test('a token is cut after the longest that is allowed', () => {
    expect(lex('"abcdef",', false, 4)).toEqual(['oversized 5', 'keyword 2', 'error 2']);
    expect(lex('   "ab" 1234 12345,', false, 4)).toEqual(['string 4', 'number 4', 'oversized 5', 'comma 1']);
  });

  test.each([0x20, 0x09, 0x0a, 0x0d])('byte %i is white space', (byte) => {
    expect(lex(String.fromCharCode(byte))).toEqual([]);
  });

  test('every byte begins what it should', () => {
    const beginnings = Array.from(
      { length: 256 },
      (_, byte) => lex(`${String.fromCharCode(byte)} `)[0] ?? 'space',
    );
    const errors = beginnings.filter((name) => name === 'error 1').length;
    const kinds = new Set(beginnings);
    // Six of structure, four spaces, two quotes (never closed), a minus before a space, ten digits, 26 letters.
    expect(errors).toBe(256 - 6 - 4 - 2 - 1 - 10 - 26);
    expect(kinds.size).toBe(6 + 1 + 1 + 1 + 1 + 1);
  });
});
