/**
 * Two JSON values compared member by member: where they differ, by path. What a path names that is to
 * be left out is not looked at. Knows nothing of messages.
 */
import { equalJson } from './canonical.js';
import { concretePath, matchPath, type Path, printPath, type Step } from './path.js';
import { printQmp } from './print.js';
import { isArray, isObject, type JsonValue } from './value.js';

/** A place where two values differ. The values are JSON text, cut if long; undefined where there is none. */
export interface Difference {
  /** Where: `arguments.driver`, `return[0].name`. */
  readonly path: string;
  /** What is expected there. */
  readonly expected: string | undefined;
  /** What is there. */
  readonly actual: string | undefined;
}

/** Longer values are shown by their beginning. */
const maximumShown = 200;

/**
 * The differences in the order of `expected`. Elements of a list are compared by position, unless
 * they carry names (`name`, `id`, `node-name`, …), which then tell what is missing and what is new.
 */
export function differences(
  expected: JsonValue,
  actual: JsonValue,
  ignored: readonly Path[] = [],
): readonly Difference[] {
  const found: Difference[] = [];
  compare(expected, actual, [], ignored, found);
  return found;
}

/** A value without the places that the paths name. */
export function prune(value: JsonValue, ignored: readonly Path[]): JsonValue {
  return ignored.length === 0 ? value : pruned(value, [], ignored);
}

function pruned(value: JsonValue, steps: readonly Step[], ignored: readonly Path[]): JsonValue {
  if (isArray(value)) {
    // An element that is left out still counts, so that those after it keep their places.
    return value.map((element, at) =>
      isIgnored([...steps, at], ignored) ? null : pruned(element, [...steps, at], ignored),
    );
  }
  if (!isObject(value)) return value;
  const kept = new Map<string, JsonValue>();
  for (const [key, member] of value) {
    const path = [...steps, key];
    if (!isIgnored(path, ignored)) kept.set(key, pruned(member, path, ignored));
  }
  return kept;
}

function isIgnored(steps: readonly Step[], ignored: readonly Path[]): boolean {
  return ignored.some((path) => matchPath(path, steps));
}

type Side = JsonValue | undefined;

function compare(
  expected: Side,
  actual: Side,
  steps: readonly Step[],
  ignored: readonly Path[],
  found: Difference[],
): void {
  if (isIgnored(steps, ignored)) return;
  if (isObject(expected) && isObject(actual)) {
    for (const [key, member] of expected) compare(member, actual.get(key), [...steps, key], ignored, found);
    for (const [key, member] of actual) {
      if (!expected.has(key)) compare(undefined, member, [...steps, key], ignored, found);
    }
  } else if (isArray(expected) && isArray(actual)) {
    compareLists(expected, actual, steps, ignored, found);
  } else if (expected === undefined || actual === undefined || !equalJson(expected, actual)) {
    found.push({ path: printPath(concretePath(steps)), expected: shown(expected), actual: shown(actual) });
  }
}

function compareLists(
  expected: readonly JsonValue[],
  actual: readonly JsonValue[],
  steps: readonly Step[],
  ignored: readonly Path[],
  found: Difference[],
): void {
  const key = naming(expected, actual);
  if (key === undefined) {
    for (let at = 0; at < Math.max(expected.length, actual.length); at++) {
      compare(expected[at], actual[at], [...steps, at], ignored, found);
    }
    return;
  }
  const places = new Map(actual.map((element, at) => [nameOf(element, key), at]));
  for (const [at, element] of expected.entries()) {
    const name = nameOf(element, key);
    const place = places.get(name);
    places.delete(name);
    compare(element, place === undefined ? undefined : actual[place], [...steps, at], ignored, found);
  }
  for (const at of places.values()) compare(undefined, actual[at], [...steps, at], ignored, found);
}

/** What QEMU's lists of objects are told apart by. */
const names = [
  'name',
  'id',
  'node-name',
  'device',
  'qom-path',
  'type',
  'label',
  'fdset-id',
  'cpu-index',
  'option',
  'typename',
  'capability',
];

/**
 * The member that tells all elements of both lists apart; the elements themselves if they are strings.
 * Undefined where both lists name the same: then their order counts.
 */
function naming(expected: readonly JsonValue[], actual: readonly JsonValue[]): string | undefined {
  const key = ['', ...names].find((one) => isNamedBy(expected, one) && isNamedBy(actual, one));
  if (key === undefined || expected.length !== actual.length) return key;
  const known = new Set(expected.map((element) => nameOf(element, key)));
  return actual.every((element) => known.has(nameOf(element, key))) ? undefined : key;
}

function isNamedBy(list: readonly JsonValue[], key: string): boolean {
  const found = new Set(list.map((element) => nameOf(element, key)));
  return found.size === list.length && !found.has(undefined);
}

/** With an empty key: the string that the element is. */
function nameOf(element: JsonValue, key: string): string | undefined {
  const value = key === '' ? element : isObject(element) ? element.get(key) : undefined;
  if (typeof value === 'string') return value;
  return key !== '' && value !== undefined && value !== null ? printQmp(value) : undefined;
}

function shown(value: Side): string | undefined {
  if (value === undefined) return undefined;
  const text = printQmp(value);
  return text.length > maximumShown ? `${text.slice(0, maximumShown)}...` : text;
}
