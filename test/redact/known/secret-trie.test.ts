import fc from 'fast-check';
import { expect, test } from 'vitest';
import { SecretTrie } from '../../../src/redact/known/secret-trie.js';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

test('the longest of those that begin at one place, from the left', () => {
  const trie = new SecretTrie();
  for (const secret of ['abcdef', 'abcdefgh', 'efghij', 'abcxyz'])
    expect(trie.add(secret, secret)).toBe(true);
  expect(trie.find(bytes('..abcdefghij abcdefg abcxyz'))).toEqual([
    { start: 2, end: 10, token: 'abcdefgh' },
    { start: 13, end: 19, token: 'abcdef' },
    { start: 21, end: 27, token: 'abcxyz' },
  ]);
});

test('short ones and those that are there are not taken in', () => {
  const trie = new SecretTrie();
  expect([trie.add('short', 't'), trie.add('secret', 't'), trie.add('secret', 'u')]).toEqual([
    false,
    true,
    false,
  ]);
});

test('finds what a search for each would find, after some were removed', () => {
  const secret = fc.string({ unit: fc.constantFrom('a', 'b'), minLength: 6, maxLength: 12 });
  fc.assert(
    fc.property(
      fc.uniqueArray(secret, { maxLength: 8 }),
      fc.integer({ min: 0, max: 8 }),
      fc.string({ unit: fc.constantFrom('a', 'b', 'c'), maxLength: 60 }),
      (secrets, left, text) => {
        const trie = new SecretTrie();
        for (const one of secrets) trie.add(one, one);
        for (const one of secrets.slice(left)) trie.remove(one);
        const known = secrets.slice(0, left);
        const expected: { start: number; end: number; token: string }[] = [];
        for (let at = 0; at < text.length; at++) {
          const [longest] = known
            .filter((one) => text.startsWith(one, at))
            .sort((a, b) => b.length - a.length);
          if (longest === undefined) continue;
          expected.push({ start: at, end: at + longest.length, token: longest });
          at += longest.length - 1;
        }
        expect(trie.find(bytes(text))).toEqual(expected);
        expect(trie.isIn(bytes(text))).toBe(expected.length > 0);
      },
    ),
  );
});
