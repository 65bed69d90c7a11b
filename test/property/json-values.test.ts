import fc from 'fast-check';
import { isLosslessNumber, parse as parseLossless } from 'lossless-json';
import { describe, expect, test } from 'vitest';
import { canonicalJson, equalJson } from '../../src/json/canonical.js';
import { frameProblem, parseJson } from '../../src/json/parse.js';
import { concretePath, matchPath, parsePath, printPath, type Step, valueAt } from '../../src/json/path.js';
import { printJson, printQmp } from '../../src/json/print.js';
import { scanMembers } from '../../src/json/scan.js';
import {
  fromPlain,
  isArray,
  isNumber,
  isObject,
  JsonNumber,
  type JsonValue,
  toPlain,
} from '../../src/json/value.js';
import { fromLatin1 } from '../support/frames.js';
import { jsonLikeBytes, jsonValue } from '../support/json-arbitraries.js';

describe('parse and print', () => {
  test('what is printed is read back as it was, spelling and order included', () => {
    fc.assert(
      fc.property(jsonValue, fc.nat(4), (value, indent) => {
        expect(parseJson(printJson(value, { indent }))).toEqual(value);
        expect(parseJson(printQmp(value))).toEqual(value);
        expect(printQmp(value)).toMatch(/^[\x20-\x7e]*$/);
      }),
    );
  });

  test('what is printed is JSON to others, and means the same', () => {
    const fromLossless = (value: unknown): JsonValue => {
      if (isLosslessNumber(value)) return new JsonNumber(value.value);
      if (Array.isArray(value)) return value.map(fromLossless);
      if (value !== null && typeof value === 'object') {
        return new Map(Object.entries(value).map(([key, member]) => [key, fromLossless(member)]));
      }
      return value as JsonValue;
    };
    fc.assert(
      fc.property(jsonValue, (value) => {
        const text = printJson(value);
        // An object of JavaScript's moves integer keys, and lossless-json sets prototypes.
        if (text.includes('__proto__')) return;
        expect(canonicalJson(fromLossless(parseLossless(text)))).toBe(canonicalJson(value));
      }),
    );
  });

  test('other JSON is read as others read it', () => {
    fc.assert(
      fc.property(fc.json({ stringUnit: 'grapheme' }), (text) => {
        expect(equalJson(parseJson(text), fromPlain(JSON.parse(text)))).toBe(true);
      }),
    );
  });

  test('a refusal is a value, whatever the bytes', () => {
    fc.assert(
      fc.property(jsonLikeBytes, fc.boolean(), (text, nonFinite) => {
        const bytes = fromLatin1(text);
        const problem = frameProblem(bytes, { nonFinite });
        if (problem === undefined) parseJson(bytes, { nonFinite });
        else expect(() => parseJson(bytes, { nonFinite })).toThrow(problem);
      }),
      { numRuns: 500 },
    );
  });

  test('plain JavaScript and back', () => {
    fc.assert(
      fc.property(jsonValue, (value) => {
        const exact = canonicalJson(value);
        fc.pre(!/Infinity/.test(exact));
        expect(canonicalJson(fromPlain(toPlain(value)))).toBe(exact);
      }),
    );
  });
});

describe('comparison', () => {
  const moved = (value: JsonValue): JsonValue => {
    if (isArray(value)) return value.map(moved);
    if (isObject(value)) return new Map([...value].reverse().map(([key, member]) => [key, moved(member)]));
    return value;
  };

  test('members may be moved', () => {
    fc.assert(
      fc.property(jsonValue, (value) => {
        expect(equalJson(value, moved(value))).toBe(true);
      }),
    );
  });

  test('equal as QEMU reads them, by the rule written out', () => {
    const same = (a: JsonValue, b: JsonValue): boolean => {
      if (isNumber(a) && isNumber(b)) return !(a.value < b.value) && !(a.value > b.value);
      if (isArray(a) && isArray(b)) return a.length === b.length && a.every((each, i) => same(each, b[i]!));
      if (isObject(a) && isObject(b)) {
        return a.size === b.size && [...a].every(([key, member]) => b.has(key) && same(member, b.get(key)!));
      }
      return a === b;
    };
    const small = fc.constantFrom(
      '1',
      '1.0',
      '-0',
      '0',
      '2',
      '"1"',
      '[]',
      '{}',
      '[1]',
      '{"a":1}',
      '{"a":1.0}',
    );
    fc.assert(
      fc.property(
        fc.oneof(
          fc.tuple(jsonValue, jsonValue),
          fc.tuple(small, small).map(([a, b]) => [parseJson(a), parseJson(b)] as const),
        ),
        ([a, b]) => {
          expect(equalJson(a, b)).toBe(same(a, b));
        },
      ),
      { numRuns: 300 },
    );
  });
});

describe('scanMembers', () => {
  test('finds the members that a full parse finds', () => {
    fc.assert(
      fc.property(jsonValue, fc.nat(2), (value, indent) => {
        const bytes = new TextEncoder().encode(printJson(value, { indent }));
        const members = scanMembers(bytes)?.map(({ key, start, end }) => [
          key,
          parseJson(bytes.subarray(start, end)),
        ]);
        expect(members).toEqual(isObject(value) ? [...value] : undefined);
      }),
    );
  });

  test('does so on anything that the parser takes', () => {
    fc.assert(
      fc.property(jsonLikeBytes, (text) => {
        const bytes = fromLatin1(`{"a":${text},"b":1}`);
        fc.pre(frameProblem(bytes, { nonFinite: true }) === undefined);
        const value = parseJson(bytes, { nonFinite: true });
        const members = scanMembers(bytes)?.map(({ key, start, end }) => {
          return [key, parseJson(bytes.subarray(start, end), { nonFinite: true })];
        });
        expect(members).toEqual(isObject(value) ? [...value] : undefined);
      }),
      { numRuns: 50 },
    );
  });
});

describe('paths', () => {
  const steps = fc.array(fc.oneof(fc.string({ unit: 'binary', maxLength: 5 }), fc.nat(20)), {
    minLength: 1,
    maxLength: 5,
  });

  test('a concrete path is printed, read and matched', () => {
    fc.assert(
      fc.property(steps, (concrete) => {
        const path = concretePath(concrete);
        expect(parsePath(printPath(path))).toEqual(path);
        expect(matchPath(path, concrete)).toBe(true);
        expect(matchPath(path, [...concrete, 0])).toBe(false);
      }),
    );
  });

  test('every value is found by its path', () => {
    const walk = (value: JsonValue, at: readonly Step[]): [readonly Step[], JsonValue][] => {
      const children: [Step, JsonValue][] = isObject(value)
        ? [...value]
        : isArray(value)
          ? [...value.entries()]
          : [];
      return [[at, value], ...children.flatMap(([step, child]) => walk(child, [...at, step]))];
    };
    fc.assert(
      fc.property(jsonValue, (value) => {
        for (const [at, expected] of walk(value, [])) expect(valueAt(value, concretePath(at))).toBe(expected);
      }),
    );
  });
});
