/** What a row of the table of sources says: a command or an event, the areas that it tells of, and what follows. */
import { isArray, isObject, type JsonObject, type JsonValue } from '../../../json/value.js';
import type { AreaName } from '../areas.js';
import type { Change } from '../change.js';

/** A command's arguments and what it returned. */
export interface Answered {
  readonly given: JsonObject;
  readonly returned: JsonValue | undefined;
}

type TakeAnswer = (change: Change, answered: Answered) => void;
type TakeEvent = (change: Change, data: JsonObject) => void;

/** `answer`: asserts what is so. `accepted`: a command that changes things, once its answer is no error. `event`. */
export type StateSource = { readonly name: string; readonly areas: readonly AreaName[] } & (
  | { readonly kind: 'answer' | 'accepted'; readonly take: TakeAnswer }
  | { readonly kind: 'event'; readonly take: TakeEvent }
);

export function answer(name: string, areas: readonly AreaName[], take: TakeAnswer): StateSource {
  return { kind: 'answer', name, areas, take };
}

export function accepted(name: string, areas: readonly AreaName[], take: TakeAnswer): StateSource {
  return { kind: 'accepted', name, areas, take };
}

export function event(name: string, areas: readonly AreaName[], take: TakeEvent): StateSource {
  return { kind: 'event', name, areas, take };
}

/** A member that is a string with something in it. */
export function nameIn(value: JsonValue | undefined, ...keys: readonly string[]): string | undefined {
  for (const key of keys) {
    const found = memberIn(value, key);
    if (typeof found === 'string' && found !== '') return found;
  }
  return undefined;
}

/** A member by its path. */
export function memberIn(value: JsonValue | undefined, ...path: readonly string[]): JsonValue | undefined {
  return path.reduce<JsonValue | undefined>((at, key) => (isObject(at) ? at.get(key) : undefined), value);
}

export function listIn(value: JsonValue | undefined): readonly JsonValue[] {
  return isArray(value) ? value : [];
}

/** The id of a device, of its id or of a path such as `/machine/peripheral/disk0/virtio-backend`. */
export function deviceId(named: string): string {
  return /^\/machine\/peripheral\/([^/]+)/.exec(named)?.[1] ?? named;
}
