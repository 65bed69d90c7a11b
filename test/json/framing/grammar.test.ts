import { describe, expect, test } from 'vitest';
import { Grammar } from '../../../src/json/framing/grammar.js';
import { Lexer, token } from '../../../src/json/lexer.js';
import { fromLatin1 } from '../../support/frames.js';

/** Which token of a message is refused, counted from 1, and why; `resumed`: saved and restored before each token. */
function refused(text: string, resumed = false): [number, string] | undefined {
  const bytes = fromLatin1(`${text} `);
  const lexer = new Lexer(bytes.length, false);
  let grammar = new Grammar();
  let at = 0;
  for (let count = 1; ; count++) {
    const found = lexer.next(bytes, at, bytes.length);
    if (found === token.none) return undefined;
    at = lexer.at;
    if (resumed) grammar = new Grammar(structuredClone(grammar.save()));
    const why = grammar.take(found, () => bytes.subarray(at - lexer.length, at));
    if (why !== undefined) return [count, why];
  }
}

describe('the first token that is wrong', () => {
  test.each([
    ['{1}', 2, 'expecting key'],
    ['{"a":1,}', 6, 'expecting key'],
    ['{"a" 1}', 3, "expecting ':'"],
    ['{"a":}', 4, 'expecting value'],
    ['{"a":1 "b":2}', 5, "expected ',' or '}'"],
    ['[1 2]', 3, "expected ',' or ']'"],
    ['[1,]', 4, 'expecting value'],
    ['{"a":[}', 5, 'expecting value'],
    [',', 1, 'expecting value'],
    ['[nul]', 2, "invalid keyword 'nul'"],
    ['["\\x"]', 2, 'invalid escape sequence in string'],
    ['{"\xc3":1}', 2, 'invalid UTF-8 sequence in string'],
    ['{"a":1,"\\u0061":2}', 8, 'duplicate key'],
    ['{"a":1,"a":[2]}', 10, 'duplicate key'],
    ['{"a":1,"a":[}', 9, 'expecting value'],
    ['{"a":{"a":1},"b":{"a":{"c":1,"c":1}}}', 22, 'duplicate key'],
    ['1 2', 2, 'expecting at most one JSON value'],
  ])('of %s is its token %i: %s', (text, place, why) => {
    expect(refused(text)).toEqual([place, why]);
    expect(refused(text, true)).toEqual([place, why]);
  });

  test.each([
    '{}',
    '[]',
    '[[],{}]',
    '{"a":{"a":[1,"x",true,false,null,-1.5e3]},"b":{"a":0}}',
    "{'a':'b'}",
    '"x"',
  ])('is none in %s', (text) => {
    expect(refused(text)).toBeUndefined();
    expect(refused(text, true)).toBeUndefined();
  });
});

test('a message that begins knows nothing of the one before', () => {
  const grammar = new Grammar();
  const none = () => new Uint8Array(0);
  expect(grammar.take(token.openBrace, none)).toBeUndefined();
  expect(grammar.take(token.comma, none)).toBe('expecting key');
  grammar.begin();
  expect(grammar.take(token.openBracket, none)).toBeUndefined();
  expect(grammar.take(token.closeBracket, none)).toBeUndefined();
});
