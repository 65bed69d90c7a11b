import fc from 'fast-check';
import { expect, test } from 'vitest';
import { canOpen, childrenOf, type TreeNode } from '../../../src/inspect/tree/tree-node.js';
import { typeAt } from '../../../src/inspect/tree/json-parts.js';

const encoder = new TextEncoder();
const decoder = new TextDecoder();

function root(raw: Uint8Array): TreeNode {
  return {
    type: typeAt(raw, 0),
    from: 0,
    start: 0,
    end: raw.length,
    depth: -1,
    key: undefined,
    within: undefined,
    open: true,
    children: undefined,
  };
}

const below = (text: string): readonly TreeNode[] => {
  const raw = encoder.encode(text);
  return childrenOf(root(raw), raw);
};

test('members have names, elements positions; each knows where it is in the bytes', () => {
  const text = `{"a": 1, 'b c': [true], "d\\n": "x"}`;
  expect(
    below(text).map(({ key, type, from, start, end }) => [
      key,
      type,
      text.slice(from, end),
      text.slice(start, end),
    ]),
  ).toEqual([
    ['a', 'number', '"a": 1', '1'],
    [`'b c'`, 'array', `'b c': [true]`, '[true]'],
    ['"d\\n"', 'string', '"d\\n": "x"', '"x"'],
  ]);
  expect(below('[7, null]').map(({ key, type, depth }) => [key, type, depth])).toEqual([
    ['0', 'number', 0],
    ['1', 'literal', 0],
  ]);
});

test('only what has something below can be opened', () => {
  const short = `"${'x'.repeat(70)}"`;
  const long = `"${'x'.repeat(71)}"`;
  expect(below(`[1, {}, [], {"a":1}, [0], ${short}, ${long}]`).map(canOpen)).toEqual([
    false,
    false,
    false,
    true,
    true,
    false,
    true,
  ]);
});

test('more than a hundred parts come in groups, and each part is in one of them', () => {
  const part = fc.integer({ min: 101, max: 12_000 });
  fc.assert(
    fc.property(part, fc.boolean(), (count, named) => {
      const values = Array.from({ length: count }, (_, at) => at);
      const raw = encoder.encode(
        JSON.stringify(named ? Object.fromEntries(values.map((at) => [`m${at}`, at])) : values),
      );
      const leaves: string[] = [];
      const visit = (node: TreeNode): void => {
        const children = childrenOf(node, raw);
        expect(children.length).toBeLessThanOrEqual(100);
        for (const child of children) {
          if (child.type === 'group') visit(child);
          else leaves.push(decoder.decode(raw.subarray(child.start, child.end)));
        }
      };
      visit(root(raw));
      expect(leaves).toEqual(values.map(String));
    }),
    { numRuns: 20 },
  );
});

test('a group is named by the positions in it', () => {
  const keys = below(JSON.stringify(Array.from({ length: 205 }, () => 0))).map(({ key }) => key);
  expect(keys).toEqual(['0..99', '100..199', '200..204']);
});

test('is closed, and its children are found once', () => {
  const raw = encoder.encode('[[1]]');
  const [node] = childrenOf(root(raw), raw);
  expect(node).toMatchObject({ open: false, children: undefined });
  expect(childrenOf(node!, raw)).toBe(childrenOf(node!, raw));
});

test('the pieces of a long text make the whole, and none ends within a character', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', minLength: 50, maxLength: 300 }), (text) => {
      const raw = encoder.encode(JSON.stringify(text));
      const pieces = childrenOf(root(raw), raw).map(({ start, end }) =>
        decoder.decode(raw.subarray(start, end)),
      );
      expect(pieces.join('')).toBe(JSON.stringify(text));
      for (const piece of pieces.slice(0, -1)) expect(encoder.encode(piece).length).toBeLessThan(76);
    }),
  );
});
