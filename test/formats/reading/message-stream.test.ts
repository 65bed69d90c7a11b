import fc from 'fast-check';
import { expect, test } from 'vitest';
import { MessageStream } from '../../../src/formats/reading/message-stream.js';

function told(pieces: readonly string[], isLost = false): { said: string[]; between: string; rest: string } {
  const said: string[] = [];
  let between = '';
  const stream = new MessageStream(
    {
      message: (text) => said.push(text),
      between: (text) => {
        between += text;
      },
    },
    isLost,
  );
  for (const piece of pieces) stream.push(piece);
  return { said, between, rest: stream.rest() };
}

test('messages, what lies between, and what did not end', () => {
  expect(told(['\xff{"a": "}{\\""} x {oops} {\n "b": {}}\r\n{"c'])).toEqual({
    said: ['{"a": "}{\\""}', '{\n "b": {}}'],
    between: '\xff x {oops} \r\n',
    rest: '{"c',
  });
});

test('in any pieces it is the same', () => {
  const bits = fc.constantFrom('{', '}', '"', '\\', "'", ' ', '\n', 'a', '{"a": 1}', '{ }', '[');
  fc.assert(
    fc.property(fc.array(bits, { maxLength: 30 }), fc.array(fc.nat(5), { maxLength: 30 }), (list, sizes) => {
      const text = list.join('');
      const pieces: string[] = [];
      let at = 0;
      for (const size of sizes) {
        pieces.push(text.slice(at, at + size));
        at += size;
      }
      pieces.push(text.slice(at));
      const cut = told(pieces);
      expect(cut).toEqual(told([text]));
      expect(cut.said.join('').length + cut.between.length + cut.rest.length).toBe(text.length);
    }),
    { numRuns: 1000 },
  );
});

test('where something is missing, the next one is looked for at the beginning of a line', () => {
  expect(told(['b": {"c": 1}}\r\n{"d": 2}'], true)).toEqual({ said: ['{"d": 2}'], between: '', rest: '' });
  const stream = new MessageStream({ message: () => undefined, between: () => undefined });
  stream.push('{"a": ');
  expect(stream.isPending).toBe(true);
  stream.lose();
  expect(stream.isPending).toBe(false);
});

test('a long message in small pieces takes no longer than its length', () => {
  const pieces = ['{"a": "', ...Array<string>(200_000).fill('x'), '"}'];
  expect(told(pieces).said[0]).toHaveLength(200_009);
});
