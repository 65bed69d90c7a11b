import { describe, expect, test } from 'vitest';
import { schemaDiffText, schemaText, shapeText } from '../../../src/inspect/schema/schema-text.js';
import type { Shape, ShapeLine } from '../../../src/inspect/schema/schema-shape.js';
import { fromPlain } from '../../../src/json/value.js';
import { decodeSchema } from '../../../src/qmp/schema.js';
import { entries } from '../../support/schema.js';

const line = (name: string, more: Partial<ShapeLine> = {}): ShapeLine => ({
  depth: 0,
  path: `arguments.${name}`,
  name,
  optional: false,
  type: 'str',
  values: [],
  features: [],
  when: undefined,
  ...more,
});

const text = (parts: Shape['parts'], more: Partial<Shape> = {}): string[] => [
  ...shapeText({ kind: 'command', name: 'x', oob: false, features: [], parts, ...more }),
];

describe('shapeText', () => {
  test('flags, options, values, and a heading for each variant', () => {
    const lines = [
      line('driver', { type: 'enum', values: ['file', 'nbd'] }),
      line('size', { optional: true, features: ['deprecated'] }),
      line('filename', { depth: 1, when: "driver is 'file'" }),
      line('mode', { depth: 1, when: "driver is 'file'" }),
      line('host', { depth: 1, when: "driver is 'nbd'" }),
      line('or', { type: 'null' }),
    ];
    const parts = [
      { name: 'arguments', lines },
      { name: 'return', lines: [] },
    ];
    expect(text(parts, { oob: true, features: ['unstable'] })).toEqual([
      'command x (out-of-band, unstable)',
      '  arguments:',
      '    driver: file | nbd',
      '    size?: str (deprecated)',
      "    if driver is 'file':",
      '      filename: str',
      '      mode: str',
      "    if driver is 'nbd':",
      '      host: str',
      '    or null',
      '  return: nothing',
    ]);
  });

  test('a member without a name is its type', () => {
    expect(text([{ name: 'return', lines: [line('', { type: '[str]' })] }]).at(-1)).toBe('    [str]');
  });
});

test('the list of all names, sorted', () => {
  const lines = [...schemaText(decodeSchema(fromPlain(entries))!)];
  expect(lines).toEqual([
    'command blockdev-add',
    'command device_add',
    'command old (deprecated)',
    'command query-jobs',
    'command stop',
    'command yank (out-of-band)',
    'event   JOB_STATUS_CHANGE',
  ]);
  expect([...schemaText(decodeSchema(fromPlain([...entries, 1]))!)].at(-1)).toBe(
    '1 entries of the schema were not understood',
  );
});

test('a difference: what came and went, then what changed', () => {
  const lines = schemaDiffText({
    removed: { commands: ['a'], events: ['A'] },
    added: { commands: ['b'], events: ['B'] },
    changed: [
      {
        kind: 'event',
        name: 'X',
        changes: [
          { path: '', text: 'now deprecated' },
          { path: 'data.id', text: 'gone' },
        ],
        also: ['y', 'z'],
      },
    ],
  });
  expect([...lines]).toEqual([
    '- command a',
    '- event   A',
    '+ command b',
    '+ event   B',
    '~ event   X  (in part also y, z)',
    '      X: now deprecated',
    '      data.id: gone',
  ]);
});

test('nothing in a schema reaches the terminal unescaped', () => {
  const bad = '\u001b[2J\n';
  const shape = text(
    [{ name: 'arguments', lines: [line(bad, { type: bad, when: bad, features: [bad], depth: 1 })] }],
    {
      name: bad,
      features: [bad],
    },
  );
  const names = schemaText({
    ...decodeSchema(fromPlain(entries))!,
    events: new Map([[bad, { name: bad, data: '0', features: [bad] }]]),
  });
  const change = { kind: 'command' as const, name: bad, changes: [{ path: bad, text: bad }], also: [bad] };
  const none = { commands: [bad], events: [bad] };
  const printed = [...shape, ...names, ...schemaDiffText({ removed: none, added: none, changed: [change] })];
  expect(printed.filter((one) => /[\u0000-\u001f]/.test(one))).toEqual([]);
  expect(printed.filter((one) => one.includes('\\u001b')).length).toBeGreaterThan(8);
});
