import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { compileTextSearch } from '../../src/text/text-search.js';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const lower = (text: string): string => text.replace(/[A-Z]/g, (letter) => letter.toLowerCase());

describe('compileTextSearch', () => {
  test.each([
    ['vda', '{"id": "VDA"}', true],
    ['VDA', '{"id": "vda"}', true],
    ['vdb', '{"id": "vda"}', false],
    ['', '', true],
    ['x', '', false],
    ['caf\u00e9', 'un caf\u00e9', true],
    ['\u00c3', '\u00e3', false],
    ['[', '{', false],
  ])('%j in %j: %s', (needle, text, expected) => {
    expect(compileTextSearch(needle)(bytes(text))).toBe(expected);
  });

  test('finds what `includes` finds', () => {
    const unit = fc.constantFrom('a', 'A', 'b', '\u00e9', '\u00c9', '@', '`');
    fc.assert(
      fc.property(fc.string({ unit, maxLength: 4 }), fc.string({ unit, maxLength: 12 }), (needle, text) => {
        expect(compileTextSearch(needle)(bytes(text))).toBe(lower(text).includes(lower(needle)));
      }),
      { numRuns: 200 },
    );
  });

  test('looks into bytes that are no text', () => {
    expect(compileTextSearch('ok')(new Uint8Array([0xff, 0xfe, 0x6f, 0x4b, 0x80]))).toBe(true);
  });
});
