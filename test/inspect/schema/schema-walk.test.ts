import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type TypedValue, walkSchema } from '../../../src/inspect/schema/schema-walk.js';
import { concretePath, printPath, type Step } from '../../../src/json/path.js';
import { fromPlain } from '../../../src/json/value.js';
import { decodeSchema } from '../../../src/qmp/schema.js';
import { entries } from '../../support/schema.js';

const schema = decodeSchema(fromPlain(entries))!;

/** What is visited: places with their types, and issues. Type 4 is the argument of `blockdev-add`. */
function walked(type: string, value: unknown, more: Partial<TypedValue> = {}): string[] {
  const lines: string[] = [];
  const at = (steps: readonly Step[]): string => printPath(concretePath(steps));
  walkSchema(
    schema,
    { type, value: fromPlain(value), steps: ['v'], ...more },
    {
      value: (steps, found, typed) =>
        lines.push(`${at(steps)}: ${typed}${found === undefined ? ' (none)' : ''}`),
      issue: (steps, issue, text) => lines.push(`${at(steps)}! ${issue}: ${text}`),
    },
  );
  return lines;
}

describe('walkSchema', () => {
  test('goes through members and elements in their order, each with its type', () => {
    expect(walked('[1]', [{ id: 'a', status: 'running' }])).toEqual([
      'v: [object]',
      'v[0]: object',
      'v[0].id: str',
      'v[0].status: enum',
    ]);
  });

  test('the tag chooses which members there are; without a valid tag none is unknown', () => {
    expect(walked('4', { driver: 'file', filename: 'x' })).toContain('v.filename: str');
    expect(walked('4', { driver: 'null-co', filename: 'x' })).toContain('v.filename! wrong: unknown');
    expect(walked('4', { driver: 'odd', filename: 'x' })).not.toContain('v.filename! wrong: unknown');
  });

  test('a missing member is a place of its own', () => {
    expect(walked('1', { id: 'a' })).toEqual([
      'v: object',
      'v.id: str',
      'v.status: enum (none)',
      'v.status! wrong: missing',
    ]);
  });

  test('of an alternate, the kind of value decides', () => {
    expect(walked('8', 'node0')).toEqual(['v: object or str or null']);
    expect(walked('8', { driver: 'null-co' })).toContain('v.driver: enum');
    expect(walked('8', 1)).toContain('v! wrong: must be object or str or null, is an integer');
  });

  test('an open object may have any member, but those that are known are checked', () => {
    expect(walked('3', { driver: 1, more: 1 }, { open: true })).toEqual([
      'v: object',
      'v.driver: str',
      'v.driver! wrong: must be a string, is an integer',
      'v.more: any',
    ]);
    expect(walked('3', { driver: 'a', more: 1 })).toContain('v.more! wrong: unknown');
  });

  test('names of many values are not listed', () => {
    const values = Array.from({ length: 13 }, (_, at) => `value-${at}`);
    const many = decodeSchema(fromPlain([{ name: 'e', 'meta-type': 'enum', values }, ...entries]))!;
    const texts: string[] = [];
    walkSchema(
      many,
      { type: 'e', value: 'value_3', steps: [] },
      { value: () => undefined, issue: (_, __, text) => texts.push(text) },
    );
    expect(texts).toEqual(["'value_3' is not one of 13 values; did you mean 'value-3'?"]);
  });

  test('takes any value as any type', () => {
    const type = fc.constantFrom(...schema.types.keys(), 'no such type');
    fc.assert(
      fc.property(type, fc.jsonValue({ maxDepth: 3 }), fc.boolean(), (name, value, open) => {
        expect(walked(name, value, { open })[0]).toMatch(/^v: /);
      }),
      { numRuns: 200 },
    );
  });
});
