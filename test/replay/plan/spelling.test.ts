import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseJson } from '../../../src/json/parse.js';
import { plainIdText, spelledAlike, spellingOf, trimmed } from '../../../src/replay/plan/spelling.js';
import { bytesOf, textOf } from '../playbook.js';

describe('being spelled alike', () => {
  const alike = (a: string, b: string): boolean => spelledAlike(bytesOf(a), bytesOf(b));

  test('is to have the same bytes but for a plain id and the white space around', () => {
    expect(alike('{"execute":"x","id":1}\r\n', '{"execute":"x","id":"abc"}')).toBe(true);
    expect(alike('{"id":1,"execute":"x"}', '{"id":"abc","execute":"x"}')).toBe(true);
    expect(alike('{"execute":"x"}\r\n', '{"execute":"x"}')).toBe(true);
    expect(alike('{"execute":"x","id":1}', '{"execute":"y","id":1}')).toBe(false);
    expect(alike('{"execute":"x","id":1}', '{"execute":"x"}')).toBe(false);
  });

  test('is not to have an id that may be no JSON', () => {
    for (const id of ['"\\z"', '[}', '01x', '"\xff"', '{}', '-1', 'null']) {
      expect(alike(`{"execute":"x","id":${id}}`, '{"execute":"x","id":1}'), id).toBe(false);
    }
  });
});

test('a key stands for one spelling', () => {
  const key = (text: string): string | undefined => spellingOf(bytesOf(text));
  expect(key(' {"execute":"x","id":1}\n')).toBe(key('{"execute":"x","id":"y"}'));
  expect(key('{"execute":"x"}')).not.toBe(key('{"execute":"x","id":1}'));
  expect(key('{"execute":"x","id":{}}')).toBeUndefined();
  expect(key(`{"execute":"${'x'.repeat(3000)}"}`)).toBeUndefined();
});

test('a plain id is given as it is', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.nat()), (plain) => {
      const bytes = new TextEncoder().encode(JSON.stringify(plain));
      const text = plainIdText(bytes, { start: 0, end: bytes.length });
      if (text !== undefined) expect(parseJson(text)).toEqual(parseJson(bytes));
    }),
  );
});

test('white space is taken from both ends', () => {
  expect(textOf(trimmed(bytesOf(' \r\n\ta b\n')))).toBe('a b');
  expect(textOf(trimmed(bytesOf(' \n')))).toBe('');
});
