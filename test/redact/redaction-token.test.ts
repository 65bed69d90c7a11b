import { expect, test } from 'vitest';
import {
  holdsToken,
  numberToken,
  textToken,
  tokenMarks,
  tokensIn,
} from '../../src/redact/redaction-token.js';

test('a token keeps the form of what it stands for, and says its number', () => {
  expect(textToken(7, 'text')).toBe('[redacted:7]');
  expect(atob(textToken(7, 'base64'))).toBe('[redacted:7]');
  expect(tokensIn('a [redacted:7] b [redacted:12]')).toEqual([7, 12]);
  expect(tokensIn(textToken(7, 'base64'))).toEqual([7]);
  expect(Number(numberToken(7))).toBe(7072510000000007);
});

test('what holds a token', () => {
  for (const text of ['x [redacted:1]', textToken(1, 'base64'), numberToken(1)]) {
    expect(holdsToken(text)).toBe(true);
    expect(tokenMarks.some((mark) => text.includes(mark))).toBe(true);
  }
  for (const text of ['[redacted:]', '[redacted:x]', '7072510', 'W3JlZGFjdGVk!', ''])
    expect(holdsToken(text)).toBe(false);
});
