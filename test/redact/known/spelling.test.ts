import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { foldEscapes, NormalForm, type Reading, readingsOf } from '../../../src/redact/known/spelling.js';

function normal(text: string, reading?: Reading): string {
  const bytes = new TextEncoder().encode(text);
  const form = new NormalForm(bytes, 0, bytes.length, reading);
  const out: number[] = [];
  for (let byte = form.next(); byte >= 0; byte = form.next()) out.push(byte);
  return new TextDecoder().decode(Uint8Array.from(out));
}

describe('the normal form', () => {
  test.each<[string, string]>([
    ['abc', 'abc'],
    ['a\\u0062c', 'abc'],
    ['a\\\\\\u0062c', 'abc'],
    ['\\ud83d\\ude00 \\u00e9', '😀 é'],
    ['a%62c %25 %2525 %zz %C3%A9', 'abc % % %zz é'],
    ["a,,b'c\\\\d", 'abcd'],
    ['a\nb', 'anb'],
    ['a\\nb', 'anb'],
    ['\\u12', 'u12'],
    ['a\\', 'a'],
  ])('%j is %j', (text, expected) => {
    expect(normal(text)).toBe(expected);
  });

  test('other readings', () => {
    expect(normal('a\\u0062%63', 'escapes')).toBe('ab%63');
    expect(normal("a\\u0062%63,'", 'literal')).toBe("a\\u0062%63,'");
  });

  test('is the same for a text and its JSON', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        fc.pre(!/\p{Surrogate}/u.test(text) && !/[\x00-\x07\x0b\x0e-\x1f]/.test(text));
        expect(normal(JSON.stringify(text), 'escapes')).toBe(normal(`"${text}"`, 'escapes'));
      }),
    );
  });

  test('most texts are read once', () => {
    const readings = (text: string): number =>
      readingsOf(new TextEncoder().encode(text), 0, text.length).length;
    expect([readings('{"a": 1}'), readings('a,b'), readings('\\u00e9'), readings('50%')]).toEqual([
      1, 1, 2, 3,
    ]);
  });
});

test('needless escapes are folded, and places told', () => {
  const text = 'a\\u0062c\\u0022\\\\u0064';
  const folded = foldEscapes(text);
  expect(folded.text).toBe('abc\\u0022d');
  expect(text.slice(folded.place(1), folded.place(2))).toBe('\\u0062');
  expect(text.slice(folded.place(2), folded.place(3))).toBe('c');
  expect(text.slice(folded.place(9), folded.place(10))).toBe('\\\\u0064');
});
