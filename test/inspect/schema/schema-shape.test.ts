import { expect, test } from 'vitest';
import { describeName } from '../../../src/inspect/schema/schema-shape.js';
import { shapeText } from '../../../src/inspect/schema/schema-text.js';
import { fromPlain } from '../../../src/json/value.js';
import { decodeSchema } from '../../../src/qmp/schema.js';
import { entries } from '../../support/schema.js';

const schema = decodeSchema(fromPlain(entries))!;

test('a shape has each member once, recursion by reference', () => {
  const [shape] = describeName(schema, 'blockdev-add');
  expect([...shapeText(shape!)].join('\n')).toBe(`command blockdev-add
  arguments:
    driver: file | qcow2 | null-co
    node-name?: str
    read-only?: bool (deprecated)
    if driver is 'file':
      filename: str
      size?: int
      ratio?: number
    if driver is 'qcow2':
      file: object or str or null
        or object as arguments
      tags?: [str]
  return: nothing`);
});

test('lists and events', () => {
  expect([...shapeText(describeName(schema, 'query-jobs')[0]!)].join('\n')).toBe(`command query-jobs
  arguments: nothing
  return:
    [object]
      id: str
      status: running | concluded
      error?: str`);
  expect([...shapeText(describeName(schema, 'JOB_STATUS_CHANGE')[0]!)].slice(0, 3)).toEqual([
    'event JOB_STATUS_CHANGE',
    '  data:',
    '    id: str',
  ]);
  expect(describeName(schema, 'nothing')).toEqual([]);
});
