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
  ['\\S\\s\\S', 'a\tb'],
  ['^.$', '\u{1f600}'],
  ['\\u{1f600}', '\u{1f600}'],
  ['\\p{Lu}', 'É'],
  ['é', 'caf\u00e9'],
  ['[^a]', '\uffff'],
];

/** What JavaScript says of it; undefined: it refuses the pattern. */
function inJavaScript(source: string, text: string): boolean | undefined {
  try {
    return new RegExp(source, 'su').test(text);
  } catch {
    return undefined;
  }
}

describe('compileRegex', () => {
  test.each(cases)('/%s/ in %j', (pattern, text) => {
    expect(compileRegex(pattern, false)(text)).toBe(new RegExp(pattern, 'su').test(text));
  });

  test('takes a brace that begins no repetition for itself', () => {
    expect(compileRegex('{"execute"', false)('{"execute":1')).toBe(true);
    expect(compileRegex('{,3}', false)('a{,3}')).toBe(true);
  });

  test('ignores the case of letters, in sets and out of them', () => {
    const oracle = (pattern: string, text: string): boolean => new RegExp(pattern, 'siu').test(text);
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
        expect(test('ab09')).toBe(inJavaScript(source, 'ab09') ?? test('ab09'));
      }),
      { numRuns: 1000 },
    );
  });

  test.each([
    ['a)', 1, "')' without"],
    ['(a', 0, "'(' without"],
    ['(b)[(]\\((a', 8, "'(' without"],
    ['[)]a)', 4, "')' without"],
    ['[a', 0, "'[' without"],
    ['*a', 0, 'nothing before'],
    ['a**', 1, "'**' repeats a repetition"],
    ['a*|*', 3, 'nothing before'],
    ['{2}', 0, 'nothing before'],
    ['x(?=a)', 1, 'look-around'],
    ['(?<!a)b', 0, 'look-around'],
    ['(?z)b', 0, "'(?z' is not known"],
    ['(a)\\1', 3, 'back reference'],
    ['\\q', 0, "'\\q' is not known"],
    ['a\\Qb', 1, "'\\Q' is not known"],
    ['a\\é', 1, "'\\é' is not known"],
    ['\\p{Foo}', 0, 'not a range'],
    ['\\x4', 0, '2 hex digits'],
    ['\\u12', 0, '4 hex digits'],
    ['[b-a]', 1, 'not a range'],
    ['a{3,2}', 1, 'smaller bound first'],
    ['a{1001}', 1, 'repetitions'],
    ['a\\', 1, 'at the end'],
  ])('%s is refused at column %i', (source, column, why) => {
    const refused = (): unknown => compileRegex(source, false);
    expect(refused).toThrow(UsageError);
    expect(refused).toThrow(why);
    expect(refused).toThrow(expect.objectContaining({ column }));
  });

  test('refuses what would grow without bound', () => {
    expect(() => compileRegex('((a{1000}){1000}){1000}', false)).toThrow('repetitions');
    expect(() => compileRegex('('.repeat(5000), false)).toThrow("without its ')'");
    expect(() => compileRegex('('.repeat(5000) + ')'.repeat(5000), false)).toThrow('inside each other');
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
