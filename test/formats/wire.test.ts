import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  binaryBytes,
  binaryText,
  frameLines,
  isWhole,
  messageBytes,
  trimmed,
  utf8Text,
} from '../../src/formats/wire.js';

const encoder = new TextEncoder();
const latin1 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('latin1');

test('a frame as lines: white space around it is left out, controls are escaped, line breaks are kept', () => {
  expect(frameLines(encoder.encode('\r\n {"a":\r\n\t"é\u001b"} \r\n'))).toEqual(['{"a":', '\t"é\\u001b"}']);
  expect(frameLines(Uint8Array.of(0x61, 0xff, 0x80))).toEqual(['a\\xff\\x80']);
  expect(trimmed(encoder.encode(' \t\r\n'))).toHaveLength(0);
});

test('a binary string has a character for each byte', () => {
  fc.assert(
    fc.property(fc.uint8Array(), (bytes) => {
      expect(binaryBytes(latin1(bytes))).toEqual(bytes);
    }),
  );
});

test('UTF-8 that was read as Latin-1 is UTF-8 again, and text that was decoded is encoded', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), (text) => {
      const bytes = encoder.encode(text);
      expect(messageBytes(latin1(bytes))).toEqual(bytes);
      expect(binaryText(latin1(bytes))).toBe(text);
      expect(utf8Text(bytes)).toBe(text);
    }),
  );
  expect(messageBytes('é漢')).toEqual(encoder.encode('é漢'));
  expect(messageBytes('\xe9')).toEqual(encoder.encode('é'));
  expect(binaryText('\xe9')).toBe('é');
  expect(utf8Text(Uint8Array.of(0xe9))).toBeUndefined();
});

test('whole is what is one JSON value', () => {
  const whole = ['{"a": 1}', "{'a': inf}", ' [] \r\n'];
  const broken = ['{"a": 1', '{} {}', '', 'x'];
  expect([...whole, ...broken].filter((text) => isWhole(encoder.encode(text)))).toEqual(whole);
});
