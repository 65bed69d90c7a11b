import { expect, test } from 'vitest';
import { fingerprint, Interner } from '../../../src/inspect/diff/fingerprint.js';

test('fingerprints tell contents, order and seeds apart', () => {
  const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
  const prints = [
    fingerprint(bytes('ab')),
    fingerprint(bytes('ba')),
    fingerprint(bytes('')),
    fingerprint(bytes('a\0')),
    fingerprint(bytes('a')),
    fingerprint(bytes('ab'), 1),
    fingerprint(bytes('ab'), 2 ** 40),
  ];
  expect(new Set(prints).size).toBe(prints.length - 1);
  expect(prints[0]).toBe(fingerprint(bytes('ab')));
  expect(prints.every(Number.isSafeInteger)).toBe(true);
});

test('an interner gives equal texts one number', () => {
  const interner = new Interner();
  expect(['a', 'b', 'a', '__proto__'].map((text) => interner.number(text))).toEqual([0, 1, 0, 2]);
});
