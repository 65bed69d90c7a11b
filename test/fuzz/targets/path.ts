/** Paths: a path, a NUL byte, a JSON value that it leads into. */
import assert from 'node:assert/strict';
import { UsageError } from '../../../src/errors.js';
import { parseJson } from '../../../src/json/parse.js';
import {
  concretePath,
  matchPath,
  parsePath,
  printPath,
  type Step,
  valuesAt,
} from '../../../src/json/path.js';
import { isArray, isObject, type JsonValue } from '../../../src/json/value.js';
import { Source } from '../support/source.js';
import { unlessRefused } from '../support/refusal.js';
import type { Target } from '../target.js';

const standard = parseJson('{"a":{"b":[1,{"c":2},[3]],"a b":"x"},"c":[],"driver":{"driver":"d"}}');

export const target: Target = {
  holds: 'a path is refused where it is wrong, or printed as itself, and leads where it matches',
  maxLength: 200,
  words: ['**', '.*', '[*]', '["a b"]', '[0]', '.', 'driver', '\\"'],
  seeds: () => ['a.b[1].c', '**.driver', 'a["a b"]', 'a.**.c\0{"a":[{"c":1}]}', '*[2][*].**'],
  run(input) {
    const source = new Source(input);
    const text = source.line();
    let path;
    try {
      path = parsePath(text);
    } catch (error) {
      assert.ok(error instanceof UsageError);
      assert.ok(error.column !== undefined && error.column >= 0 && error.column <= text.length);
      return;
    }
    assert.deepEqual(parsePath(printPath(path)), path);
    const given = source.done ? undefined : unlessRefused(() => parseJson(source.rest()));
    for (const value of given === undefined ? [standard] : [standard, given]) {
      const places = Array.from(walk(value, [])).slice(0, 200);
      if (path.filter(({ kind }) => kind === 'deep').length > 3) continue;
      const found = new Set<JsonValue>();
      let count = 0;
      for (const one of valuesAt(value, path)) {
        found.add(one);
        if (++count > 20_000) break;
      }
      const matched: Set<JsonValue> = new Set(
        places.filter(([steps]) => matchPath(path, steps)).map(([, one]) => one),
      );
      if (places.length < 200 && count <= 20_000) assert.deepEqual(matched, found);
      for (const [steps] of places) assert.ok(matchPath(concretePath(steps), steps));
    }
  },
};

function* walk(value: JsonValue, at: readonly Step[]): Iterable<[readonly Step[], JsonValue]> {
  yield [at, value];
  const children: Iterable<readonly [Step, JsonValue]> = isObject(value)
    ? value
    : isArray(value)
      ? value.entries()
      : [];
  for (const [step, child] of children) yield* walk(child, [...at, step]);
}
