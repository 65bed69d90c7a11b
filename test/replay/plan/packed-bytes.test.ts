import { expect, test } from 'vitest';
import { PackedBytes } from '../../../src/replay/plan/packed-bytes.js';

test('keeps short stretches side by side, whatever becomes of their own place', () => {
  const packed = new PackedBytes();
  const place = new Uint8Array(3000);
  const kept = Array.from({ length: 100 }, (_, n) => packed.keep(place.fill(n)));
  place.fill(255);
  expect(kept.every((bytes, n) => bytes.length === 3000 && bytes.every((byte) => byte === n))).toBe(true);
  expect(new Set(kept.map(({ buffer }) => buffer)).size).toBeLessThan(6);
});

test('leaves long ones where they are', () => {
  const long = new Uint8Array(100_000);
  expect(new PackedBytes().keep(long)).toBe(long);
});
