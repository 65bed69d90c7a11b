import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { fromPlain } from '../../src/json/value.js';
import { decodeSchema, typeName } from '../../src/qmp/schema.js';
import { entries } from '../support/schema.js';

describe('decodeSchema', () => {
  const schema = decodeSchema(fromPlain(entries))!;

  test('knows commands, events and types', () => {
    expect([...schema.commands.keys()]).toEqual([
      'stop',
      'yank',
      'old',
      'query-jobs',
      'device_add',
      'blockdev-add',
    ]);
    expect(schema.commands.get('yank')).toEqual({
      name: 'yank',
      arguments: '0',
      returns: '0',
      oob: true,
      features: [],
    });
    expect(schema.events.get('JOB_STATUS_CHANGE')).toMatchObject({ data: '1' });
    expect(schema.types.get('3')).toEqual({
      meta: 'object',
      members: [
        { name: 'driver', type: 'str', optional: false, features: [] },
        { name: 'id', type: 'str', optional: true, features: [] },
      ],
      tag: undefined,
      variants: new Map(),
    });
    expect(schema.unknown).toBe(0);
  });

  test('takes enumerations with and without members', () => {
    expect(schema.types.get('2')).toEqual({
      meta: 'enum',
      values: [
        { name: 'running', features: [] },
        { name: 'concluded', features: [] },
      ],
    });
    expect(schema.types.get('5')).toMatchObject({
      values: [{}, {}, { name: 'null-co', features: ['unstable'] }],
    });
  });

  test('names types', () => {
    const names = ['str', '5', '[1]', '8', '4', '99'].map((name) => typeName(schema, name));
    expect(names).toEqual(['str', 'enum', '[object]', 'object or str or null', 'object', 'unknown']);
  });

  test('a type made of itself has a name', () => {
    const odd = decodeSchema(
      fromPlain([
        { name: '[x]', 'meta-type': 'array', 'element-type': '[x]' },
        { name: 'y', 'meta-type': 'alternate', members: [{ type: 'y' }] },
        { name: 'c', 'meta-type': 'command' },
      ]),
    )!;
    expect(typeName(odd, '[x]')).toBe('[[[[…]]]]');
    expect(typeName(odd, 'y')).toBe('…');
  });

  test('a name is given once, and a type of very many alternatives is cut short', () => {
    const odd = decodeSchema(
      fromPlain([
        ...entries,
        { name: 'e', 'meta-type': 'enum', values: ['a', 'b', 'a'] },
        { name: 'w', 'meta-type': 'alternate', members: Array.from({ length: 20 }, () => ({ type: 'w' })) },
      ]),
    )!;
    expect(odd.types.get('e')).toMatchObject({ values: [{ name: 'a' }, { name: 'b' }] });
    expect(typeName(odd, 'w').length).toBeLessThan(50_000);
  });

  test('is none where there is none', () => {
    expect(decodeSchema(undefined)).toBeUndefined();
    expect(decodeSchema(fromPlain([]))).toBeUndefined();
    expect(decodeSchema(fromPlain({ a: 1 }))).toBeUndefined();
  });

  test('takes any JSON, and counts what it does not understand', () => {
    expect(
      decodeSchema(fromPlain([...entries, 1, { name: 'x' }, { name: 'y', 'meta-type': 'z' }]))?.unknown,
    ).toBe(3);
    const odd = fc.oneof(
      fc.jsonValue(),
      fc.record({
        name: fc.string(),
        'meta-type': fc.constantFrom('enum', 'object', 'array', 'alternate', 'builtin', 'command', 'event'),
        members: fc.jsonValue(),
        variants: fc.jsonValue(),
        values: fc.jsonValue(),
        features: fc.jsonValue(),
      }),
    );
    fc.assert(
      fc.property(fc.array(odd, { maxLength: 6 }), (list) => {
        const decoded = decodeSchema(fromPlain(list));
        for (const name of decoded?.types.keys() ?? [])
          expect(typeof typeName(decoded!, name)).toBe('string');
      }),
      { numRuns: 200 },
    );
  });
});
