import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { UsageError } from '../../src/errors.js';
import { parseYaml, type Placed, placedError } from '../../src/text/yaml.js';

/** Without the places. */
function plain({ value }: Placed): unknown {
  if (Array.isArray(value)) return (value as readonly Placed[]).map(plain);
  if (value instanceof Map) {
    return Object.fromEntries(
      [...(value as ReadonlyMap<string, Placed>)].map(([key, one]) => [key, plain(one)]),
    );
  }
  return value;
}

function messageOf(read: () => unknown): string | undefined {
  try {
    read();
    return undefined;
  } catch (error) {
    return error instanceof UsageError ? error.message : String(error);
  }
}

describe('parseYaml', () => {
  test('YAML and JSON are the same values', () => {
    const value = { a: [1, 'two', null, true], b: { c: 'd: e' } };
    expect(plain(parseYaml('a: [1, two, ~, true]\nb:\n  c: "d: e"\n', 'f'))).toEqual(value);
    expect(plain(parseYaml(JSON.stringify(value), 'f'))).toEqual(value);
  });

  test('each value and each key knows its place', () => {
    const { value } = parseYaml('# rules\nrules:\n  - name: "x"\n', 'f');
    const rules = (value as ReadonlyMap<string, Placed & { key: object }>).get('rules');
    expect(rules).toMatchObject({ key: { line: 2, column: 1 } });
    const [item] = rules?.value as readonly Placed[];
    expect(item).toMatchObject({ line: 3, column: 5 });
    const name = (item?.value as ReadonlyMap<string, Placed>).get('name');
    expect(name).toMatchObject({ line: 3, column: 11, textColumn: 12 });
  });

  test('a text that is folded or escaped has no columns of its own', () => {
    const { value } = parseYaml('a: "x\\ty"\nb: >\n  two\n  lines\n', 'f');
    const members = value as ReadonlyMap<string, Placed>;
    expect(members.get('a')?.textColumn).toBeUndefined();
    expect(members.get('b')?.textColumn).toBeUndefined();
  });

  test.each([
    ['a: &x 1\nb: *x', 'f:2:4: an alias is not read here; write the value again'],
    ['a: 1\na: 2', 'f:2:1: the same key for the second time'],
    ['a: 1\n---\nb: 2', 'f:2:1: a second document'],
    ['a: !ruby/object {}', 'f:1:4: unresolved tag: !ruby/object'],
    ['? [1]\n: 2', 'f:1:3: a key is no text'],
    ['a:\n\tb: 1', 'f:2:1: tabs are not allowed as indentation'],
    ['['.repeat(60) + ']'.repeat(60), 'f:1:52: more than 50 levels'],
  ])('%j is refused', (text, message) => {
    expect(messageOf(() => parseYaml(text, 'f'))).toBe(message);
  });

  test('a large file is refused before it is parsed', () => {
    const text = 'a'.repeat((1 << 20) + 1);
    expect(messageOf(() => parseYaml(text, 'f'))).toBe(
      'f: more than 1 MiB of text; make several files of it',
    );
  });

  test.each(['[', '{a: ', '- ', '? ', ' '])('very many times %j is refused before it is parsed', (piece) => {
    expect(messageOf(() => parseYaml(`${piece.repeat(100_000)}x`, 'f'))).toBe('f: nested too deeply');
  });

  test('any text: a value or a UsageError', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 200 }), (text) => {
        try {
          parseYaml(text, 'f');
        } catch (error) {
          expect(error).toBeInstanceOf(UsageError);
        }
      }),
    );
  });

  test('all JSON is read', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 4 }), (value) => {
        const text = JSON.stringify(value);
        expect(plain(parseYaml(text, 'f'))).toEqual(JSON.parse(text));
      }),
    );
  });
});

test('placedError says where', () => {
  expect(placedError('f', { line: 2, column: 3 }, 'no', 'do').message).toBe('f:2:3: no; do');
});
