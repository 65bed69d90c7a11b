/** Parsing, printing, comparing, scanning: of any bytes. */
import assert from 'node:assert/strict';
import { isLosslessNumber, parse as parseLossless } from 'lossless-json';
import { JsonError } from '../../../src/errors.js';
import { canonicalJson, equalJson } from '../../../src/json/canonical.js';
import { differences } from '../../../src/json/difference.js';
import { scanValues } from '../../../src/json/extents.js';
import { frameProblem, parseJson } from '../../../src/json/parse.js';
import { concretePath, valueAt } from '../../../src/json/path.js';
import { printJson, printQmp } from '../../../src/json/print.js';
import { scanMembers } from '../../../src/json/scan.js';
import { isObject, JsonNumber, type JsonValue } from '../../../src/json/value.js';
import type { Target } from '../target.js';

const options = { nonFinite: true };

export const target: Target = {
  holds: 'what is read and printed is read as the same value, by us and by others, and found by its path',
  maxLength: 1000,
  words: [
    '{"a":',
    '"\\u',
    '\\ud83d\\ude00',
    '\xc3\xa9',
    "\\'",
    '1E400',
    '-0',
    '9007199254740993',
    'nan',
    '-inf',
    'null',
    'true',
    '__proto__',
  ],
  seeds: () => ['{"a":[1,2.50,-0,1e5],"b":{"c":"\\u00e9\\n"},\'d\':null}', '[true,false,nan,-inf]'],
  run(input) {
    const problem = frameProblem(input, options);
    if (problem !== undefined) {
      assert.throws(() => parseJson(input, options), JsonError);
      scanMembers(input);
      scanValues(input, () => undefined);
      return;
    }
    const value = parseJson(input, options);
    const text = printJson(value);
    // What is no number is printed as null, where JSON is wanted.
    if (/\bnan\b/.test(printQmp(value))) return;
    const again = parseJson(text, options);
    assert.equal(printJson(again), text);
    assert.ok(equalJson(again, value));
    assert.match(printQmp(value), /^[\x20-\x7e]*$/);
    for (const other of [printQmp(value), printJson(value, { indent: 3 })]) {
      assert.equal(canonicalJson(parseJson(other, options)), canonicalJson(value));
    }
    assert.deepEqual(differences(value, again), []);
    let values = 0;
    scanValues(input, (steps, { start, end }) => {
      if (++values > 50) return;
      const part = parseJson(input.subarray(start, end), options);
      const found = steps.length === 0 ? value : valueAt(value, concretePath(steps));
      assert.ok(found !== undefined && equalJson(part, found), steps.join());
    });
    if (isObject(value)) {
      const members = scanMembers(input)?.map(({ key, start, end }) => {
        return [key, printJson(parseJson(input.subarray(start, end), options))];
      });
      assert.deepEqual(
        members,
        Array.from(value, ([key, member]) => [key, printJson(member)]),
      );
    }
    comparedWithOthers(text, value);
  },
};

function comparedWithOthers(text: string, value: JsonValue): void {
  // JavaScript's objects move integer keys and take __proto__ for something else.
  if (text.includes('__proto__')) return;
  const depth = Math.max(...Array.from(text.matchAll(/[[{]+/g), ([all]) => all.length), 0);
  if (depth > 200) return;
  assert.equal(canonicalJson(fromLossless(parseLossless(text))), canonicalJson(value));
  assert.doesNotThrow(() => JSON.parse(text) as unknown);
}

function fromLossless(value: unknown): JsonValue {
  if (isLosslessNumber(value)) return new JsonNumber(value.value);
  if (Array.isArray(value)) return value.map(fromLossless);
  if (value !== null && typeof value === 'object') {
    return new Map(Object.entries(value).map(([key, member]) => [key, fromLossless(member)]));
  }
  return value as JsonValue;
}
