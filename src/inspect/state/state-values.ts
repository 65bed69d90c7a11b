/** What is known at a moment as a list of values, and what differs between two moments. */
import { equalJson } from '../../json/canonical.js';
import type { JsonValue } from '../../json/value.js';
import { type Area, type AreaName, areaNames, areas } from './areas.js';
import { doubtAt, type Entity, type Fact, type Place, type StateCause, type Standing } from './fact.js';
import type { KnownState } from './timeline.js';

/** One value of one thing, and how much it can be relied on. */
export interface StateValue {
  readonly area: AreaName;
  /** The node, device, job …; empty where there is but one. */
  readonly name: string;
  /** Undefined: that it is there at all. */
  readonly attribute: string | undefined;
  readonly value: JsonValue;
  readonly standing: Standing;
  /** The message that last set it. */
  readonly by: StateCause;
  /** Why it is stale: what may have changed it, or `changing`: it changes without a message. */
  readonly doubt: StateCause | 'changing' | undefined;
}

/** Values that only help to understand later messages. */
const hidden = new Set(['run stopping']);

/** All values, by area and thing, in the order of the table. */
export function* stateValues({ state, index }: KnownState): Iterable<StateValue> {
  const place: Place = { index, gap: state.gap };
  for (const area of areaNames) {
    for (const entity of state.areas.get(area)?.values() ?? []) {
      if (entity.exists.value === true) yield* entityValues(area, entity, place);
    }
  }
}

function* entityValues(area: AreaName, { name, exists, values }: Entity, place: Place): Iterable<StateValue> {
  yield stateValue({ area, name, attribute: undefined }, exists, place);
  const { values: kinds }: Area = areas[area];
  const others = [...values.keys()].filter((attribute) => !Object.hasOwn(kinds, attribute)).sort();
  for (const attribute of [...Object.keys(kinds), ...others]) {
    const fact = values.get(attribute);
    if (fact !== undefined && !hidden.has(`${area} ${attribute}`))
      yield stateValue({ area, name, attribute }, fact, place);
  }
}

type Which = Pick<StateValue, 'area' | 'name' | 'attribute'>;

function stateValue(which: Which, fact: Fact, place: Place): StateValue {
  const doubt = doubtAt(fact, place);
  return {
    ...which,
    value: fact.value,
    standing: doubt === undefined ? fact.basis : 'stale',
    by: fact.by,
    doubt,
  };
}

/** What another moment has otherwise: `before` or `after` is undefined where it has no such value. */
export interface StateDifference {
  readonly area: AreaName;
  readonly name: string;
  readonly attribute: string | undefined;
  readonly before: StateValue | undefined;
  readonly after: StateValue | undefined;
}

/**
 * What differs between two moments, or two recordings: values, not how well they are known. Of a thing that only one
 * of them has, that it is there is told, and nothing more.
 */
export function stateDifferences(
  before: KnownState | undefined,
  after: KnownState | undefined,
): readonly StateDifference[] {
  const [old, now] = [keyed(before), keyed(after)];
  const found: StateDifference[] = [];
  for (const key of new Set([...old.keys(), ...now.keys()])) {
    const [one, other] = [old.get(key), now.get(key)];
    const of = one ?? other;
    if (of === undefined || (one !== undefined && other !== undefined && equalJson(one.value, other.value)))
      continue;
    const { area, name, attribute } = of;
    const thing = keyOf({ area, name, attribute: undefined });
    if (attribute !== undefined && old.has(thing) !== now.has(thing)) continue;
    found.push({ area, name, attribute, before: one, after: other });
  }
  return found;
}

function keyed(known: KnownState | undefined): Map<string, StateValue> {
  return new Map(known && [...stateValues(known)].map((value) => [keyOf(value), value]));
}

/** A key of a value in a state. */
export function keyOf({ area, name, attribute }: Which): string {
  return JSON.stringify([area, name, attribute]);
}
