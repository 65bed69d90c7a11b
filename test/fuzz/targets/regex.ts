/** Regular expressions: flags, a pattern, a NUL byte, a text. */
import assert from 'node:assert/strict';
import { UsageError } from '../../../src/errors.js';
import { compileRegex } from '../../../src/text/regex.js';
import { Source } from '../support/source.js';
import type { Target } from '../target.js';

export const target: Target = {
  holds: 'a pattern is refused where it is wrong, means what it means in JavaScript, and takes linear time',
  maxLength: 120,
  words: [
    '(?:',
    ')',
    '[^',
    ']',
    '{1,3}',
    '{2}',
    '*',
    '+?',
    '\\b',
    '\\B',
    '\\w',
    '\\s',
    '\\x41',
    '\\u00e9',
    '^',
    '$',
    '|',
    '(?=',
    '[a-z]',
  ],
  seeds: () => ['\0(a|b*)*c\0abba', '\x01[^"]+B\\b\0xab b', '\0^\\d{1,3}$\x0012', '\0(a+)+$\0aaaaaaaa!'],
  run(input) {
    const source = new Source(input);
    const ignoreCase = source.byte() % 2 === 1;
    const pattern = source.line();
    const text = new TextDecoder().decode(source.rest());
    let matches;
    try {
      matches = compileRegex(pattern, ignoreCase);
    } catch (error) {
      assert.ok(error instanceof UsageError, String(error));
      return;
    }
    matches(`${text}${'a'.repeat(20_000)}!`);
    // JavaScript explodes where we do not, knows more white space, and refuses what we take for itself.
    if (/\\s/i.test(pattern) && /[^\x00-\x7f]|\v/.test(text)) return;
    if ((pattern.match(/[*+?{]/g)?.length ?? 0) > 4 || /\{\d*,?\d\d/.test(pattern) || text.length > 24)
      return;
    let oracle;
    try {
      oracle = new RegExp(pattern, ignoreCase ? 'siu' : 'su');
    } catch {
      return;
    }
    assert.equal(matches(text), oracle.test(text));
  },
};
