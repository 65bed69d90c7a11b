import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { compileGlob } from '../../src/text/glob.js';

describe('compileGlob', () => {
  test.each([
    ['query-*', 'query-status', true],
    ['query-*', 'query', false],
    ['*', '', true],
    ['**', 'x', true],
    ['*-cpus-*', 'query-cpus-fast', true],
    ['a?c', 'abc', true],
    ['a?c', 'ac', false],
    ['?', '\u{1f600}', true],
    ['??', '\u{1f600}', false],
    ['a.c', 'abc', false],
    ['[ab]', 'a', false],
    ['[ab]', '[ab]', true],
    ['ABC', 'abc', false],
    ['*b', 'aab', true],
    ['*ab', 'aaab', true],
    ['*\n', 'x\n', true],
  ])('%j on %j: %s', (glob, text, expected) => {
    expect(compileGlob(glob)(text)).toBe(expected);
  });

  test('means what the same regular expression means', () => {
    const unit = fc.constantFrom('a', 'b', '*', '?', '\u{1f600}');
    fc.assert(
      fc.property(fc.string({ unit, maxLength: 8 }), fc.string({ unit, maxLength: 10 }), (glob, text) => {
        const regex = new RegExp(`^${glob.replaceAll('*', '[^]*').replaceAll('?', '[^]')}$`, 'u');
        expect(compileGlob(glob)(text)).toBe(regex.test(text));
      }),
      { numRuns: 200 },
    );
  });

  test('a pattern full of stars does not explode', () => {
    expect(compileGlob(`${'*a'.repeat(50)}*b`)('a'.repeat(100_000))).toBe(false);
  });
});
