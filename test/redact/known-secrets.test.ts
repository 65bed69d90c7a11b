import fc from 'fast-check';
import { expect, test } from 'vitest';
import { KnownSecrets } from '../../src/redact/known-secrets.js';

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
          if (one.trim().length < 6 || '[redacted:'.includes(one.trim())) continue;
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
  const known = new KnownSecrets();
  known.token('the oldest', 'text', true);
  const longest = 'the longest of all these secrets';
  known.token(longest, 'text', true);
  for (let n = 0; n < 999; n += 1) known.token(`secret ${n}`, 'text', true);
  expect(known.replaceIn('the oldest').count).toBe(0);
  expect(known.replaceIn(longest)).toEqual({ text: '[redacted:2]', count: 1 });
  expect([...known.secrets()]).toHaveLength(1_000);
});

test('of files written into a guest no more is kept than fits', () => {
  const known = new KnownSecrets();
  for (let n = 0; n < 300; n += 1) known.token(`${n}`.padEnd(100_000, '.'), 'text', true);
  const kept = [...known.secrets()].reduce((units, secret) => units + secret.length, 0);
  expect(kept).toBeLessThanOrEqual(16 << 20);
  expect(kept).toBeGreaterThan(15 << 20);
  // The same secret has the same token as long as it is known.
  const again = (n: number): string => known.token(`${n}`.padEnd(100_000, '.'), 'text', true);
  expect(again(299)).toBe('[redacted:300]');
  expect(again(0)).toBe('[redacted:301]');
});
