import fc from 'fast-check';
import { expect, test } from 'vitest';
import { findText } from '../../../src/inspect/view/find-text.js';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

test('finds the next one, and goes on from the other end', () => {
  const text = bytes('Disk disk DISK');
  expect(findText(text, 'disk', 0, 1)).toBe(0);
  expect(findText(text, 'disk', 1, 1)).toBe(5);
  expect(findText(text, 'disk', 11, 1)).toBe(0);
  expect(findText(text, 'disk', 10, -1)).toBe(5);
  expect(findText(text, 'disk', 0, -1)).toBe(10);
  expect(findText(text, 'dusk', 3, 1)).toBeUndefined();
  expect(findText(text, '', 3, 1)).toBeUndefined();
  expect(findText(bytes('a'), 'aa', 0, 1)).toBeUndefined();
});

test('is where String finds it', () => {
  const few = fc.string({ unit: fc.constantFrom('a', 'b', 'é'), maxLength: 30 });
  fc.assert(
    fc.property(
      few,
      fc.string({ unit: fc.constantFrom('a', 'b', 'é'), minLength: 1, maxLength: 3 }),
      (text, needle) => {
        const found = findText(bytes(text), needle, 0, 1);
        const at = text.indexOf(needle);
        expect(found).toBe(at < 0 ? undefined : bytes(text.slice(0, at)).length);
      },
    ),
    { numRuns: 200 },
  );
});
