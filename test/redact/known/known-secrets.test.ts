import fc from 'fast-check';
import { expect, test } from 'vitest';
import { KnownSecrets } from '../../../src/redact/known/known-secrets.js';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

test('a secret may be in all bytes that hold it, wherever', () => {
  const secret = fc.string({ unit: 'grapheme-ascii', minLength: 6, maxLength: 40 });
  fc.assert(
    fc.property(
      fc.array(secret, { minLength: 1, maxLength: 20 }),
      fc.string(),
      fc.string(),
      (all, before, after) => {
        const known = new KnownSecrets();
        for (const one of all) known.token(one, 'text', true);
        for (const one of all) {
          const text = one.trim();
          if (text.length < 6) continue;
          if ('[redacted:[secret]'.includes(text)) continue;
          expect(known.mayBeIn(bytes(before + one + after))).toBe(true);
          expect(known.replaceIn(before + one + after).text).not.toContain(one.trim());
        }
      },
    ),
  );
});

test('most bytes hold none, which is seen without looking for each', () => {
  const known = new KnownSecrets();
  for (let n = 0; n < 1_000; n += 1) known.token(`${n}-secret`.padEnd(20_000, '='), 'text', true);
  // Looking for each would take minutes.
  let held = 0;
  for (let n = 0; n < 200; n += 1) if (known.mayBeIn(bytes(`message ${n} `.repeat(2_000)))) held += 1;
  expect(held).toBeLessThan(10);
});

test('the oldest is forgotten, not the longest', () => {
  const known = new KnownSecrets(1_000);
  known.token('the oldest', 'base64', true);
  const longest = 'the longest of all these secrets';
  known.token(longest, 'base64', true);
  for (let n = 0; n < 999; n += 1) known.token(`secret ${n}`, 'base64', true);
  expect(known.replaceIn('the oldest').count).toBe(0);
  expect(known.replaceIn(longest).count).toBe(1);
  expect(known.replaceIn('secret 998').count).toBe(1);
});

test('of files written into a guest no more is kept than fits', () => {
  const known = new KnownSecrets();
  for (let n = 0; n < 300; n += 1) known.token(`${n}`.padEnd(100_000, '.'), 'text', true);
  const isKnown = (n: number): boolean => known.mayBeIn(bytes(`${n}`.padEnd(100_000, '.')));
  const kept = Array.from({ length: 300 }, (_, n) => isKnown(n)).filter(Boolean).length * 100_000;
  expect(kept).toBeLessThanOrEqual(16 << 20);
  expect(kept).toBeGreaterThan(15 << 20);
  // The same secret has the same token as long as it is known.
  const again = (n: number): string => known.token(`${n}`.padEnd(100_000, '.'), 'text', true);
  expect(again(299)).toBe('[redacted:300]');
  expect(again(0)).toBe('[redacted:301]');
});

/** Other spellings of a text. */
const spellings: Record<string, (text: string) => string> = {
  'as it is': (text) => text,
  'with every unit escaped': (text) =>
    text.replace(/[^]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`),
  'in JSON': (text) => JSON.stringify(text),
  'in JSON in JSON': (text) => JSON.stringify(JSON.stringify(text)),
  'with doubled commas': (text) => text.replaceAll(',', ',,'),
  'in a URL': (text) => encodeURIComponent(text),
  'for a shell': (text) => text.replaceAll("'", `'\\''`),
  'in base64': (text) => Buffer.from(text).toString('base64'),
};

/** Quotes, backslashes and commas say nothing of a secret. */
const edge = String.raw`(?:["'\\]|\\+u0027|\\+u005c|\\+u002c|,|%27|%5c|%2c)*`;

test.each(Object.entries(spellings))('a secret is found %s', (_name, spelled) => {
  const secret = fc.string({
    unit: fc.constantFrom('a', 'b', 'n', 'u', '\\', '"', "'", ',', '%', '2', '5', ' ', 'é', '\n', '😀'),
    minLength: 8,
    maxLength: 20,
  });
  fc.assert(
    fc.property(secret, (one) => {
      const text = one.trim();
      fc.pre(text.replace(/[\\',]/g, '').length >= 6);
      const known = new KnownSecrets();
      const token = known.token(text, 'text', true);
      const { text: clean, count } = known.replaceIn(`<${spelled(text)}>`);
      expect(count).toBe(1);
      expect(clean).toMatch(new RegExp(`^<${edge}(?:\\[redacted:1\\]|W3JlZGFjdGVkOjFd)${edge}>$`, 'i'));
      expect(token).toBe('[redacted:1]');
    }),
  );
});

test('the work for a text does not grow with the secrets, nor with what they have in common', () => {
  const work = (secrets: readonly string[], text: Uint8Array): number => {
    const known = new KnownSecrets();
    for (const secret of secrets) known.token(secret, 'text', true);
    known.find(text);
    return known.steps;
  };
  const many = Array.from({ length: 5_000 }, (_, n) => `sEcrEt${String(n).padStart(5, '0')}`);
  const harmless = bytes('abcdefgh sEcrEt99999 sEcrEt '.repeat(20_000));
  const one = work(['sEcrEt12345'], harmless);
  expect(one).toBeLessThan(3 * harmless.length);
  expect(work(many, harmless)).toBeLessThan(1.5 * one);
  // Made to cost: every place begins like a secret that is nearly there.
  const repeated = Array.from({ length: 500 }, (_, n) => `${'a'.repeat(1_000 + n)}b`);
  const hostile = bytes('a'.repeat(500_000));
  expect(work(repeated, hostile)).toBeLessThan(10 * hostile.length);
  const known = new KnownSecrets();
  for (const secret of repeated) known.token(secret, 'text', true);
  expect(known.replaceIn('a'.repeat(500_000)).text).toBe('[redacted:0]');
});
