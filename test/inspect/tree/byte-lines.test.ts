import fc from 'fast-check';
import { expect, test } from 'vitest';
import { hexLines, rawLines } from '../../../src/inspect/tree/byte-lines.js';

const bytes = (text: string): Uint8Array => Uint8Array.from(text, (unit) => unit.charCodeAt(0));

test('text is shown with what is not printable escaped, and ends its line after a line feed', () => {
  const lines = rawLines(bytes('{"a": "\u00e9"}\r\nx'), 40);
  expect(Array.from({ length: lines.length }, (_, place) => lines.line(place))).toEqual([
    '{"a": "\\xe9"}\\r\\n',
    'x',
  ]);
});

test('lines are as wide as there is room, and together they are everything', () => {
  const any = fc.uint8Array({ maxLength: 300 });
  fc.assert(
    fc.property(any, fc.integer({ min: 4, max: 90 }), (raw, width) => {
      const lines = rawLines(raw, width);
      const all = Array.from({ length: lines.length }, (_, place) => lines.line(place));
      for (const line of all) expect(line.length).toBeLessThanOrEqual(width);
      expect(all.join('')).toBe(rawLines(raw, 10_000_000).length > 0 ? Array.from(raw, one).join('') : '');
    }),
    { numRuns: 100 },
  );
});

function one(byte: number): string {
  return rawLines(Uint8Array.of(byte), 80).line(0);
}

test('hexadecimal', () => {
  const lines = hexLines(bytes('{"return": {}, "id": 1}\r\n'), 80);
  expect(lines.length).toBe(2);
  expect(lines.line(0)).toBe('00000000  7b 22 72 65 74 75 72 6e 22 3a 20 7b 7d 2c 20 22  |{"return": {}, "|');
  expect(lines.line(1)).toBe('00000010  69 64 22 3a 20 31 7d 0d 0a                       |id": 1}..|');
  expect(hexLines(bytes('12345678x'), 60).line(1)).toBe('00000008  78                       |x|');
});
