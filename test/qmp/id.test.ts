import { expect, test } from 'vitest';
import { idKey, idText } from '../../src/qmp/id.js';

const text = (value: string) => idText(new TextEncoder().encode(value));

test('keeps every digit', () => {
  expect(text('18446744073709551615')).toBe('18446744073709551615');
  expect(text('9007199254740993')).toBe('9007199254740993');
});

test('spells single quotes as JSON', () => {
  expect(text("'a\"b'")).toBe('"a\\"b"');
});

test('reads what only QEMU takes for UTF-8', () => {
  expect(idText(Uint8Array.of(0x22, 0xc0, 0x80, 0x22))).toBe('"\\u0000"');
});

test('compares as values, as QEMU prints them back', () => {
  expect(idKey('{"b":1,"a":"\u00e9"}')).toBe(idKey('{"a": "\\u00E9", "b": 1}'));
  expect(idKey('9007199254740993')).not.toBe(idKey('9007199254740992'));
  expect(idKey('"1"')).not.toBe(idKey('1'));
  expect(idKey('18446744073709551616')).toBe(idKey('1.8446744073709552e+19'));
  expect(idKey('inf')).toBe(idKey('1e400'));
  expect(idKey('-inf')).not.toBe(idKey('inf'));
});
