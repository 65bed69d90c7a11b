import { expect, test } from 'vitest';
import { edited, editStrings, isMessageName } from '../../src/redact/edits.js';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const text = (raw: Uint8Array): string => new TextDecoder().decode(raw);

test('edits replace their bytes and nothing else', () => {
  const raw = bytes('0123456789');
  expect(
    text(
      edited(raw, [
        { start: 0, end: 1, text: 'ab' },
        { start: 5, end: 8, text: '' },
      ]),
    ),
  ).toBe('ab123489');
  expect(edited(raw, [])).toBe(raw);
});

test('strings are edited, and names that QAPI cannot have given', () => {
  const raw = bytes('{"execute": "x", "a b": ["y", 1, null], "id": "z"}');
  const seen: string[] = [];
  const safe = editStrings(raw, (value, { start, end }, steps) => {
    seen.push(`${value} ${steps?.join('.') ?? 'name'}`);
    return value === 'y' ? [{ start, end, text: '"Y"' }] : [];
  });
  expect(seen).toEqual(['x execute', 'a b name', 'y a b.0', 'z id']);
  expect(text(safe)).toBe('{"execute": "x", "a b": ["Y", 1, null], "id": "z"}');
  expect([isMessageName(['execute']), isMessageName(['arguments', 'execute'])]).toEqual([true, false]);
});
