/** What property tests of JSON are made from. Strings stand for bytes, a character each. */
import fc from 'fast-check';
import { JsonNumber, type JsonValue } from '../../src/json/value.js';

/** Bytes that mean something to a JSON lexer, more or less in the order of JSON. */
export const jsonLikeBytes = fc
  .array(
    fc.oneof(
      { weight: 6, arbitrary: fc.constantFrom(...Array.from('{}[]:,"\'\\ \n')) },
      {
        weight: 3,
        arbitrary: fc.constantFrom(...Array.from('0123456789-+.eEaunlt%\r\t\xff\xfe\x00\x01\x7f')),
      },
      {
        weight: 3,
        arbitrary: fc.constantFrom('"id":', '"a"', 'true', 'null', '1.5e3', '-inf', 'nan', '\r\n'),
      },
      { weight: 1, arbitrary: fc.constantFrom('\xc3\xa9', '\xed\xa0\x80', '\\u0000', '\\uD83D') },
      { weight: 1, arbitrary: fc.nat(255).map((byte) => String.fromCharCode(byte)) },
    ),
    { maxLength: 60 },
  )
  .map((pieces) => pieces.join(''));

/** Whole tokens, most of them where JSON has none. */
export const jsonLikeTokens = fc
  .array(
    fc.oneof(
      { weight: 6, arbitrary: fc.constantFrom(...Array.from('{}[]:,')) },
      { weight: 4, arbitrary: fc.constantFrom('"a"', '"id"', "'b'", '1', '-0.5e3', 'true', 'null', 'foo') },
      { weight: 2, arbitrary: fc.constantFrom(' ', '\n', '\r\n\t') },
      {
        weight: 1,
        arbitrary: fc.constantFrom('@', '"\\q"', '"\xff', '%', '01', '{"execute":"query-name","id":7}'),
      },
    ),
    { maxLength: 30 },
  )
  .map((tokens) => tokens.join(''));

/** The bytes with a few bytes changed, gone, new or twice. */
export function mutated(bytes: fc.Arbitrary<string>): fc.Arbitrary<string> {
  const byte = fc.oneof(
    fc.constantFrom(...Array.from('{}[]:,"\'\\ \n0a@\xff')),
    fc.nat(255).map((code) => String.fromCharCode(code)),
  );
  const change = fc.record({ at: fc.nat(1000), skipped: fc.nat(3), put: fc.array(byte, { maxLength: 2 }) });
  return fc.tuple(bytes, fc.array(change, { minLength: 1, maxLength: 3 })).map(([text, changes]) =>
    changes.reduce((so, { at, skipped, put }) => {
      const place = at % (so.length + 1);
      return so.slice(0, place) + put.join('') + so.slice(place + skipped);
    }, text),
  );
}

/** Characters that QEMU takes in a string: no noncharacter. */
const text = fc.string({ unit: 'binary', maxLength: 12 }).map((string) => {
  return string.replace(/\p{Noncharacter_Code_Point}/gu, '?');
});

const number = fc.oneof(
  fc.integer().map(String),
  fc.bigInt({ min: -(2n ** 70n), max: 2n ** 70n }).map(String),
  fc.double({ noNaN: true, noDefaultInfinity: true }).map((double) => double.toString()),
  fc.constantFrom('0', '-0', '-0.0', '1.0', '1E5', '1e-5', '0.10', '1e400'),
);

/** Any value that QEMU can read, numbers in many spellings. */
export const jsonValue: fc.Arbitrary<JsonValue> = fc.letrec<{ value: JsonValue }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4, depthSize: 'small' },
    fc.constantFrom(null, true, false),
    text,
    number.map((spelling) => new JsonNumber(spelling)),
    fc.array(tie('value'), { maxLength: 5 }),
    fc.array(fc.tuple(text, tie('value')), { maxLength: 5 }).map((members) => new Map(members)),
  ),
})).value;

/** Where to cut: any number of places, the same one twice included. */
export const cuts = fc.array(fc.nat(1000), { maxLength: 12 });

/** The bytes in pieces, some of which may be empty. */
export function cutAt(bytes: Uint8Array, places: readonly number[]): Uint8Array[] {
  const sorted = places.map((place) => place % (bytes.length + 1)).sort((a, b) => a - b);
  return [0, ...sorted].map((start, i) => bytes.subarray(start, sorted[i] ?? bytes.length));
}
