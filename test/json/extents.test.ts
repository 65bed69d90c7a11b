import fc from 'fast-check';
import { expect, test } from 'vitest';
import { scanValues } from '../../src/json/extents.js';
import { parseJson } from '../../src/json/parse.js';
import { printJson } from '../../src/json/print.js';
import { concretePath, type Step, valueAt } from '../../src/json/path.js';
import { isArray, isObject, type JsonValue } from '../../src/json/value.js';

const encoder = new TextEncoder();

function scanned(text: string): { steps: Step[]; spelled: string; text: string | undefined }[] {
  const bytes = encoder.encode(text);
  const found: { steps: Step[]; spelled: string; text: string | undefined }[] = [];
  scanValues(bytes, (steps, value) => {
    const spelled = new TextDecoder().decode(bytes.subarray(value.start, value.end));
    found.push({ steps: [...steps], spelled, text: value.text });
  });
  return found;
}

function leaves(value: JsonValue): number {
  if (isObject(value)) return [...value.values()].reduce<number>((sum, one) => sum + leaves(one), 0);
  return isArray(value) ? value.reduce<number>((sum, one) => sum + leaves(one), 0) : 1;
}

test('finds every value with its place', () => {
  expect(scanned(` {'a': "x\\u0041", "b": [1.0, [true], {}, {"c": null}], "" : -0}`)).toEqual([
    { steps: ['a'], spelled: '"x\\u0041"', text: 'xA' },
    { steps: ['b', 0], spelled: '1.0', text: undefined },
    { steps: ['b', 1, 0], spelled: 'true', text: undefined },
    { steps: ['b', 3, 'c'], spelled: 'null', text: undefined },
    { steps: [''], spelled: '-0', text: undefined },
  ]);
});

test('agrees with the parser', () => {
  fc.assert(
    fc.property(fc.object({ maxDepth: 3 }), (plain) => {
      const text = JSON.stringify(plain);
      const value = parseJson(text);
      const found = scanned(text);
      expect(found).toHaveLength(leaves(value));
      for (const { steps, spelled, text: string } of found) {
        const there = valueAt(value, concretePath(steps));
        if (typeof there === 'string') expect(string).toBe(there);
        else expect(spelled).toBe(there === undefined ? undefined : printJson(there));
      }
    }),
    { numRuns: 100 },
  );
});
