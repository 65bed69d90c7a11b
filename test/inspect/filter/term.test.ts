import { expect, test } from 'vitest';
import { UsageError } from '../../../src/errors.js';
import { readTerm, writeItLike } from '../../../src/inspect/filter/term.js';
import type { Comparison, Condition } from '../../../src/recording/condition.js';
import { fields } from '../../../src/recording/fields/fields.js';

function read(key: string, text: string, is: Comparison | ':' = ':'): Condition {
  const field = fields.get(key);
  if (field === undefined) throw new Error(`no field ${key}`);
  return readTerm(key, field, { is, text });
}

const seq = (is: Comparison, value: number): Condition => ({ op: 'compare', field: 'seq', is, value });

test.each<[string, string, Condition]>([
  ['kind', 's*', { op: 'glob', field: 'kind', glob: 's*' }],
  ['dir', '<-', { op: 'glob', field: 'dir', glob: 's2c' }],
  ['arg', 'driver=virtio*', { op: 'glob', field: 'arg', path: 'driver', glob: 'virtio*' }],
  ['arg', '**.driver', { op: 'glob', field: 'arg', path: '**.driver', glob: '*' }],
  ['ret', 'driver=', { op: 'glob', field: 'ret', path: 'driver', glob: '' }],
  ['data', '["a = b"]=c', { op: 'glob', field: 'data', path: '["a = b"]', glob: 'c' }],
  ['seq', '12', seq('=', 12)],
  ['seq', '10-20', { op: 'and', of: [seq('>=', 10), seq('<=', 20)] }],
  ['seq', '3,7-8', { op: 'or', of: [seq('=', 3), { op: 'and', of: [seq('>=', 7), seq('<=', 8)] }] }],
  ['slower', '50ms', { op: 'compare', field: 'dur', is: '>', value: 50_000_000 }],
  ['faster', '1ms', { op: 'compare', field: 'dur', is: '<', value: 1_000_000 }],
  ['after', '10s', { op: 'compare', field: 't', is: '>=', value: 10_000_000_000 }],
  ['before', '1970-01-02', { op: 'compare', field: 'time', is: '<', value: 86_400_000_000 }],
  ['marked', '', { op: 'flag', field: 'marked' }],
])('%s:%s', (key, text, condition) => {
  expect(read(key, text)).toEqual(condition);
});

test('a comparison', () => {
  expect(read('size', '10kB', '>')).toEqual({ op: 'compare', field: 'size', is: '>', value: 10_000 });
});

test.each([
  ['kind', 'eror', 0, "'eror' is no kind; did you mean 'error'?"],
  ['kind', 'x*', 0, "'x*' is no kind; there are greeting,"],
  ['dir', 'up', 0, "'up' is no dir; there are c2s, s2c"],
  ['seq', '20-10', 0, 'the smaller number comes first'],
  ['seq', '3,x', 2, "'x' is no number"],
  ['slower', '50', 2, 'wants a unit'],
  ['after', 'yesterday', 0, "'yesterday' is no date and time"],
  ['ret', 'a..b', 1, 'path'],
])('%s:%s is refused at column %i', (key, text, column, why) => {
  const refused = (): unknown => read(key, text);
  expect(refused).toThrow(UsageError);
  expect(refused).toThrow(why);
  expect(refused).toThrow(expect.objectContaining({ column }));
});

test('every field has an example of how to write it', () => {
  for (const [key, field] of fields) expect(writeItLike(field)).toMatch(new RegExp(`^write it like ${key}`));
});
