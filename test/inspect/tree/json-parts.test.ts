import fc from 'fast-check';
import { expect, test } from 'vitest';
import { partsOf, skipBlank, valueEnd } from '../../../src/inspect/tree/json-parts.js';

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** Puts a value together again from its parts. */
function read(bytes: Uint8Array, start: number, end: number): unknown {
  const text = decoder.decode(bytes.subarray(start, end));
  if (!/^[[{]/.test(text)) return JSON.parse(text);
  const parts = [...partsOf(bytes, start, end)];
  const values = parts.map((part) => read(bytes, part.start, part.end));
  if (text.startsWith('[')) return values;
  const keys = parts.map(
    ({ key }) => JSON.parse(decoder.decode(bytes.subarray(key?.start, key?.end))) as string,
  );
  return Object.fromEntries(keys.map((key, place) => [key, values[place]]));
}

test('the parts make the whole', () => {
  const json = fc.jsonValue({ maxDepth: 4 });
  fc.assert(
    fc.property(json, fc.constantFrom(0, 2), (value, indent) => {
      const text = JSON.stringify(value, null, indent);
      const bytes = encoder.encode(text);
      expect(valueEnd(bytes, 0, bytes.length)).toBe(bytes.length);
      expect(read(bytes, 0, bytes.length)).toEqual(JSON.parse(text));
    }),
    { numRuns: 200 },
  );
});

test('any bytes have an end, and parts within them', () => {
  const part = fc.constantFrom('{', '}', '[', ']', '"', "'", '\\', ':', ',', ' ', '1', 'a');
  fc.assert(
    fc.property(fc.array(part, { maxLength: 40 }), (parts) => {
      const bytes = encoder.encode(parts.join(''));
      let last = 0;
      for (const { key, start, end } of [...partsOf(bytes, 0, bytes.length)]) {
        expect(key?.start ?? start).toBeGreaterThanOrEqual(last);
        expect(end).toBeLessThanOrEqual(bytes.length + 1);
        last = start;
      }
    }),
    { numRuns: 200 },
  );
});

test('single quotes and white space are as QEMU reads them', () => {
  const bytes = encoder.encode(`\r\n {'a' : '}"', "b":"]'" }`);
  const start = skipBlank(bytes, 0, bytes.length);
  const found = [...partsOf(bytes, start, bytes.length)].map((part) =>
    decoder.decode(bytes.subarray(part.start, part.end)),
  );
  expect(found).toEqual([`'}"'`, `"]'"`]);
});
