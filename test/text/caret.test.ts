import { expect, test } from 'vitest';
import { UsageError } from '../../src/errors.js';
import { caretLines } from '../../src/text/caret.js';

test('puts a caret under the character', () => {
  expect(caretLines(new UsageError('why', { text: 'a\u001b[1m\u{1f600}x', column: 7 }))).toBe(
    '  a [1m\u{1f600}x\n        ^',
  );
});

test('says nothing of an error without a place', () => {
  expect(caretLines(new UsageError('why'))).toBe('');
});
