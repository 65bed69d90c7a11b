import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ValueStream } from '../../../src/formats/script/value-stream.js';
import { printJson } from '../../../src/json/print.js';

/** The objects of a file as `LINE JSON`, and what is left out. */
function read(lines: readonly string[]): { values: string[]; skipped: string[] } {
  const values: string[] = [];
  const skipped: string[] = [];
  const skip = (line: number, why: string): void => void skipped.push(`${line} ${why}`);
  const sink = {
    open: () => 0,
    chunk: () => undefined,
    inject: () => undefined,
    note: () => undefined,
    close: () => undefined,
  };
  const stream = new ValueStream(
    { sink, source: 'x', started: 0, skip },
    {
      take: (value, line) => values.push(`${line} ${printJson(value)}`),
      end: () => values.push('end'),
    },
  );
  lines.forEach((line, at) => {
    stream.line(line, at + 1);
  });
  stream.end();
  expect(values.pop()).toBe('end');
  return { values, skipped };
}

test('objects over any number of lines, each with the line on which it ends', () => {
  expect(read(['{"a":', '  1}', '', '{"b": 2} {"c": 3}', '{', '}'])).toEqual({
    values: ['2 {"a":1}', '4 {"b":2}', '4 {"c":3}', '6 {}'],
    skipped: [],
  });
});

test('what is broken or no object is skipped, and the next one is not affected', () => {
  expect(read(['{"a" 1}', '{"b": 2}', '[1]', '7', '{"c": 3}', '{"cut'])).toMatchObject({
    values: ['2 {"b":2}', '5 {"c":3}'],
  });
  expect(read(['[1]']).skipped).toEqual(['1 a JSON value that is no object']);
  expect(read(['{"cut']).skipped).toEqual(['1 no JSON']);
});

test('the same objects come out however they are laid out', () => {
  const objects = fc.array(fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 2 })), { maxLength: 5 });
  fc.assert(
    fc.property(objects, fc.constantFrom(0, 1, 2), (list, indent) => {
      const text = list.map((one) => JSON.stringify(one, undefined, indent)).join('\n');
      const lines = Buffer.from(text).toString('latin1').split('\n');
      const { values, skipped } = read(lines);
      expect(values.map((one) => JSON.parse(one.slice(one.indexOf(' '))) as unknown)).toEqual(
        list.map((one) => JSON.parse(JSON.stringify(one)) as unknown),
      );
      expect(skipped).toEqual([]);
    }),
    { numRuns: 50 },
  );
});
