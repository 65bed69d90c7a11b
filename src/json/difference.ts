/** Compares two JSON values member by member, and gives the paths at which they differ. */
import { equalJson } from './canonical.js';
import { concretePath, matchPath, type Path, printPath, type Step } from './path.js';
import { printQmp } from './print.js';
import { isArray, isObject, type JsonValue } from './value.js';

/** A place where two values differ. */
export interface Difference {
  /** As `parsePath` reads it: `return.cpus[0].thread-id`. */
  readonly path: string;
  /** What is expected there: JSON text as QEMU prints it, at most 200 characters and `...`; undefined if nothing. */
  readonly expected: string | undefined;
  /** What is there, in the same form. */
  readonly actual: string | undefined;
}

/** Longer values are cut. */
const maximumShown = 200;

/**
 * The differences in the order of `expected`, without those at ignored paths. Elements of a list are compared by
 * position, unless they have names (`name`, `id`, `node-name`, …): then the names show what is missing and what is new.
 */
export function differences(
  expected: JsonValue,
  actual: JsonValue,
  ignored: readonly Path[] = [],
): readonly Difference[] {
  const comparison = new Comparison(ignored);
  comparison.compare(expected, actual, []);
  return comparison.found;
}

/** A copy of the value without what is at these paths; an element that is left out becomes null. */
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

class Comparison {
  readonly found: Difference[] = [];
  readonly #ignored: readonly Path[];

  constructor(ignored: readonly Path[]) {
    this.#ignored = ignored;
  }

  compare(expected: Side, actual: Side, steps: readonly Step[]): void {
    if (isIgnored(steps, this.#ignored)) return;
    if (isObject(expected) && isObject(actual)) {
      for (const [key, member] of expected) this.compare(member, actual.get(key), [...steps, key]);
      for (const [key, member] of actual) {
        if (!expected.has(key)) this.compare(undefined, member, [...steps, key]);
      }
    } else if (isArray(expected) && isArray(actual)) {
      this.#compareLists(expected, actual, steps);
    } else if (expected === undefined || actual === undefined || !equalJson(expected, actual)) {
      const path = printPath(concretePath(steps));
      this.found.push({ path, expected: shown(expected), actual: shown(actual) });
    }
  }

  #compareLists(expected: readonly JsonValue[], actual: readonly JsonValue[], steps: readonly Step[]): void {
    const key = naming(expected, actual);
    if (key === undefined) {
      for (let at = 0; at < Math.max(expected.length, actual.length); at++) {
        this.compare(expected[at], actual[at], [...steps, at]);
      }
      return;
    }
    const places = new Map(actual.map((element, at) => [elementName(element, key), at]));
    for (const [at, element] of expected.entries()) {
      const name = elementName(element, key);
      const place = places.get(name);
      places.delete(name);
      this.compare(element, place === undefined ? undefined : actual[place], [...steps, at]);
    }
    for (const at of places.values()) this.compare(undefined, actual[at], [...steps, at]);
  }
}

/** Members by which elements of QEMU's lists are told apart. */
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
 * The member that tells all elements of both lists apart; empty for lists of strings. Undefined if both lists have
 * the same names: then their order counts.
 */
function naming(expected: readonly JsonValue[], actual: readonly JsonValue[]): string | undefined {
  const key = ['', ...names].find((one) => isNamedBy(expected, one) && isNamedBy(actual, one));
  if (key === undefined || expected.length !== actual.length) return key;
  const known = new Set(expected.map((element) => elementName(element, key)));
  return actual.every((element) => known.has(elementName(element, key))) ? undefined : key;
}

function isNamedBy(list: readonly JsonValue[], key: string): boolean {
  const found = new Set(list.map((element) => elementName(element, key)));
  return found.size === list.length && !found.has(undefined);
}

/** With an empty key: the string that the element is. */
function elementName(element: JsonValue, key: string): string | undefined {
  const value = key === '' ? element : isObject(element) ? element.get(key) : undefined;
  if (typeof value === 'string') return value;
  return key !== '' && value !== undefined && value !== null ? printQmp(value) : undefined;
}

function shown(value: Side): string | undefined {
  if (value === undefined) return undefined;
  const text = printQmp(value);
  return text.length > maximumShown ? `${text.slice(0, maximumShown)}...` : text;
}
