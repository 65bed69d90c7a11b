import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { UsageError } from '../../src/errors.js';
import { compileRegex } from '../../src/text/regex.js';

const cases: readonly (readonly [pattern: string, text: string])[] = [
  ['', ''],
  ['abc', 'xxabcxx'],
  ['^abc$', 'abc'],
  ['^abc$', 'abcd'],
  ['a|b|', 'q'],
  ['(?:ab)+c', 'ababc'],
  ['a{2}', 'aba'],
  ['a{2,3}b', 'xaaab'],
  ['^a{2,}$', 'a'],
  ['{"execute"', '{"execute":1'],
  ['{,3}', 'a{,3}'],
  ['[^"]"', 'x"'],
  ['[]', 'x'],
  ['[^]', '\n'],
  ['a.c', 'a\nc'],
  ['\\bvda\\b', 'id=vda,'],
  ['\\bvda\\b', 'vda1'],
  ['\\Bda', 'vda'],
  ['\\d+-\\w', '12-x'],
  ['[\\w-]+x', '--x'],
  ['[a-]', '-'],
  ['[\\]]', ']'],
  ['\\x41\\u0042', 'AB'],
  ['\\/', '/'],
  ['(a*)*b', 'aaab'],
  ['(a|b*)*c', 'abba'],
  ['(?:^|,)x(?:$|,)', 'y,x'],
  ['a??b', 'ab'],
  ['x{0}y', 'y'],
  ['\\S\\s\\S', 'a\u2003b'],
  ['é', 'caf\u00e9'],
  ['[^a]', '\uffff'],
];

describe('compileRegex', () => {
  test.each(cases)('/%s/ in %j', (pattern, text) => {
    expect(compileRegex(pattern, false)(text)).toBe(new RegExp(pattern, 's').test(text));
  });

  test('ignores the case of letters, in sets and out of them', () => {
    const oracle = (pattern: string, text: string): boolean => new RegExp(pattern, 'si').test(text);
    for (const [pattern, text] of [
      ['aB', 'Ab'],
      ['[^a]', 'A'],
      ['[b-y]', 'X'],
      ['\\x41', 'a'],
      ['[^\\W]', 'Q'],
      ['[Z-a]', 'z'],
    ] as const) {
      expect(compileRegex(pattern, true)(text)).toBe(oracle(pattern, text));
    }
  });

  test('means what JavaScript means', () => {
    const leaf = fc.constantFrom(
      'a',
      'b',
      'B',
      '.',
      '[ab]',
      '[^a]',
      '\\b',
      '\\B',
      '^',
      '$',
      '\\w',
      ' ',
      '\\s',
    );
    const { pattern } = fc.letrec<{ pattern: string }>((tie) => ({
      pattern: fc.oneof(
        { maxDepth: 4, withCrossShrink: true },
        leaf,
        fc.tuple(tie('pattern'), tie('pattern')).map(([a, b]) => a + b),
        fc.tuple(tie('pattern'), tie('pattern')).map(([a, b]) => `(?:${a}|${b})`),
        fc
          .tuple(tie('pattern'), fc.constantFrom('*', '+', '?', '{2}', '{1,3}', '{0,2}?', '{2,}'))
          .map(([a, quantifier]) => `(${a})${quantifier}`),
      ),
    }));
    fc.assert(
      fc.property(
        pattern,
        fc.string({ unit: fc.constantFrom('a', 'A', 'b', ' ', '-'), maxLength: 8 }),
        fc.boolean(),
        (source, text, fold) => {
          expect(compileRegex(source, fold)(text)).toBe(new RegExp(source, fold ? 'si' : 's').test(text));
        },
      ),
      { numRuns: 200 },
    );
  });

  test('reads any pattern, or says where it is wrong', () => {
    const unit = fc.constantFrom(...'ab(){}[]|*+?\\^$.-:=!,0129xudwb'.split(''));
    fc.assert(
      fc.property(fc.string({ unit, maxLength: 12 }), (source) => {
        let test;
        try {
          test = compileRegex(source, false);
        } catch (error) {
          expect(error).toBeInstanceOf(UsageError);
          const { column } = error as UsageError;
          expect(column).toBeGreaterThanOrEqual(0);
          expect(column).toBeLessThanOrEqual(source.length);
          return;
        }
        expect(test('ab09')).toBe(new RegExp(source, 's').test('ab09'));
      }),
      { numRuns: 200 },
    );
  });

  test.each([
    ['a)', 1, "')' without"],
    ['(a', 0, "'(' without"],
    ['[a', 0, "'[' without"],
    ['*a', 0, 'nothing before'],
    ['a**', 2, 'nothing before'],
    ['{2}', 0, 'nothing before'],
    ['(?=a)', 0, 'look-around'],
    ['(a)\\1', 3, 'back reference'],
    ['\\q', 0, 'not known'],
    ['\\u12', 0, '4 hex digits'],
    ['[b-a]', 2, 'not a range'],
    ['a{3,2}', 1, 'wrong order'],
    ['a{1001}', 1, 'repetitions'],
    ['a\\', 1, 'at the end'],
  ])('%s is refused at column %i', (source, column, why) => {
    const refused = (): unknown => compileRegex(source, false);
    expect(refused).toThrow(UsageError);
    expect(refused).toThrow(why);
    expect(refused).toThrow(expect.objectContaining({ column }));
  });

  test('refuses what would grow without bound', () => {
    expect(() => compileRegex('((a{1000}){1000}){1000}', false)).toThrow('too large');
    expect(() => compileRegex('('.repeat(5000), false)).toThrow('inside each other');
  });

  test('patterns that explode elsewhere take a moment', () => {
    const text = 'a'.repeat(1_000_000);
    for (const source of ['(a+)+$x', '(a|a)*b', '.*.*.*.*.*b', '(.*)*(.*)*c', '(?:a{1,20}){1,20}b']) {
      expect(compileRegex(source, false)(text)).toBe(false);
    }
  });

  test('forgets states rather than memory', () => {
    // Remembers which of the last 14 characters were an `a`: 2^14 states and more.
    const search = compileRegex('a.{14}\\d', false);
    let text = '';
    for (let n = 1; text.length < 300_000; n = (n * 1103515245 + 12345) % 2147483648)
      text += n & 65536 ? 'a' : 'b';
    expect(search(text)).toBe(false);
    expect(search(`${text}a${'b'.repeat(14)}7`)).toBe(true);
    expect(search(text)).toBe(false);
  });
});
