import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { commandLine, parseCommandLine, quoted } from '../../src/text/command-line.js';

describe('a command line as text', () => {
  test('plain words stay as they are', () => {
    expect(commandLine(['/usr/bin/qemu', '-name', 'guest=t1,debug-threads=on'])).toBe(
      '/usr/bin/qemu -name guest=t1,debug-threads=on',
    );
  });

  test.each([
    ['', "''"],
    ['a b', "'a b'"],
    ["it's", "'it'\\''s'"],
    ['$x', "'$x'"],
  ])('%j', (word, expected) => {
    expect(quoted(word)).toBe(expected);
  });

  test('a shell reads the same words', () => {
    const word = fc.string({ unit: fc.constantFrom(...'ab \n\'"$`\\*~!#;&|<>(){}é'.split('')) });
    fc.assert(
      fc.property(fc.array(word, { minLength: 1, maxLength: 6 }), (words) => {
        const told = execFileSync('/bin/sh', ['-c', `printf '%s\\0' ${commandLine(words)}`], {
          encoding: 'utf8',
        });
        expect(told.split('\0').slice(0, -1)).toEqual(words);
      }),
      { numRuns: 50 },
    );
  });

  test('is read as the words that it was made of', () => {
    const word = fc.string({ unit: fc.constantFrom(...'ab \n\'"$\\=é'.split('')) });
    fc.assert(
      fc.property(fc.array(word), (words) => {
        expect(parseCommandLine(commandLine(words))).toEqual(words);
      }),
    );
    expect(parseCommandLine("it's")).toBeUndefined();
  });
});
