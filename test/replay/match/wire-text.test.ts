import fc from 'fast-check';
import { expect, test } from 'vitest';
import { wireText } from '../../../src/replay/match/wire-text.js';
import { bytesOf } from '../playbook.js';

test('bytes are one line of ASCII', () => {
  expect(wireText(bytesOf(' {"a":\t1}\r\n'))).toBe('{"a":\\t1}');
  expect(wireText(bytesOf('\xff\x1b[2J\x7f\xc3\xa9\r\nx'))).toBe('\\xff\\x1b[2J\\x7f\\xc3\\xa9\\r\\nx');
  expect(wireText(bytesOf('\r\n'))).toBe('');
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 50 }), (bytes) => {
      expect(wireText(bytes)).toMatch(/^[ -~]*$/);
    }),
  );
});

test('much is shown by its beginning', () => {
  expect(wireText(bytesOf('x'.repeat(5000)))).toBe(`${'x'.repeat(1000)}... (5000 bytes)`);
});
