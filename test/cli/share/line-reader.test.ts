import fc from 'fast-check';
import { expect, test } from 'vitest';
import { LineReader } from '../../../src/cli/share/line-reader.js';

/** The lines of pieces, with their numbers. */
function linesOf(pieces: readonly Buffer[]): (readonly [text: string, number: number])[] {
  const lines: (readonly [string, number])[] = [];
  const reader = new LineReader({
    line: (text, number) => lines.push([text, number]),
    tooLong: () => expect.fail('no line is too long'),
  });
  for (const piece of pieces) reader.push(piece);
  reader.end();
  expect(reader.count).toBe(lines.length);
  return lines;
}

test('however the bytes are cut, the lines are the same, and hold every byte', () => {
  const piece = fc.uint8Array({ maxLength: 8 }).map((bytes) => Buffer.from(bytes));
  const withFeeds = fc.oneof(piece, fc.constant(Buffer.from('\n')), fc.constant(Buffer.from('\n\n')));
  fc.assert(
    fc.property(fc.array(withFeeds), (pieces) => {
      const expected = Buffer.concat(pieces).toString('latin1').split('\n');
      if (expected.at(-1) === '') expected.pop();
      expect(linesOf(pieces)).toEqual(expected.map((text, at) => [text, at + 1]));
    }),
  );
});

test('a line that is too long is left out and counted, and the next one is whole', () => {
  const told: unknown[] = [];
  const reader = new LineReader({
    line: (text, number) => told.push([text, number]),
    tooLong: (number) => told.push(number),
  });
  reader.push(Buffer.from('a\nb'));
  const much = Buffer.alloc(32 << 20, 'x');
  for (let at = 0; at < 6; at++) reader.push(much);
  reader.push(Buffer.from('\nc'));
  reader.end();
  expect(told).toEqual([['a', 1], 2, ['c', 3]]);
});
