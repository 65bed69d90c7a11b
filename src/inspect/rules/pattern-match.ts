/** Finds the messages of which a pattern holds, with the values that it names. */
import type { JsonValue } from '../../json/value.js';
import { parsePath, type Path, valueAt, valuesAt } from '../../json/path.js';
import type { MessageContext } from '../../recording/fields/field.js';
import { pathFields, type PathName } from '../../recording/fields/fields.js';
import { compileMatcher, type Matcher, plainText } from '../../recording/matcher.js';
import type { Message } from '../../recording/message.js';
import type { Moment } from '../stories/story.js';
import type { Alternative, Pattern } from './rule.js';

/** A message that came, with what a rule needs of its surroundings. */
export interface Heard {
  readonly message: Message;
  readonly at: Moment;
  /** The number of its server. */
  readonly server: number;
  readonly context: MessageContext;
}

/** By the names, without their `$`. */
export type Values = ReadonlyMap<string, string>;

/** Longer values are compared by their beginning. */
const maxValue = 1000;

/** One of the alternatives of a pattern. */
export class AlternativeMatch {
  readonly #matches: Matcher;
  readonly #bindings: readonly { readonly field: PathName; readonly path: Path; readonly name: string }[];

  constructor({ condition, bindings }: Alternative) {
    this.#matches = compileMatcher(condition);
    this.#bindings = bindings.map(({ field, path, name }) => ({ field, path: parsePath(path), name }));
  }

  /** The values that it names; undefined: it does not match. Of several values at a path the first counts. */
  named({ message, context }: Heard): Values | undefined {
    if (!this.#matches(message, context)) return undefined;
    const values = new Map<string, string>();
    for (const { field, path, name } of this.#bindings) {
      const part = pathFields[field].partOf(message);
      const value = part === undefined ? undefined : valueAt(part, path);
      if (value === undefined) return undefined;
      const text = textOf(value);
      if ((values.get(name) ?? text) !== text) return undefined;
      values.set(name, text);
    }
    return values;
  }

  /** Every way in which what it names can be filled. */
  *keys(heard: Heard, names: readonly string[]): Iterable<string> {
    if (!this.#matches(heard.message, heard.context)) return;
    const found = names.map((name) => this.#all(heard.message, name));
    yield* combined(found);
  }

  #all(message: Message, name: string): readonly string[] {
    const sets = this.#bindings
      .filter((binding) => binding.name === name)
      .map(({ field, path }) => {
        const part = pathFields[field].partOf(message);
        return part === undefined ? [] : firstOf(valuesAt(part, path)).map(textOf);
      });
    const [first = [], ...others] = sets;
    return [...new Set(first)].filter((text) => others.every((set) => set.includes(text)));
  }
}

/** Whether any alternative matches, and the values that the first of these names. */
export class PatternMatch {
  readonly #alternatives: readonly AlternativeMatch[];

  constructor({ alternatives }: Pattern) {
    this.#alternatives = alternatives.map((alternative) => new AlternativeMatch(alternative));
  }

  named(heard: Heard): Values | undefined {
    for (const alternative of this.#alternatives) {
      const values = alternative.named(heard);
      if (values !== undefined) return values;
    }
    return undefined;
  }
}

/** What values are looked up by. */
export function keyOf(values: readonly string[]): string {
  return JSON.stringify(values);
}

/** More ways are not tried: a message may hold long lists. */
const maxWays = 1000;

function* combined(sets: readonly (readonly string[])[]): Iterable<string> {
  let ways: readonly (readonly string[])[] = [[]];
  for (const set of sets) ways = ways.flatMap((way) => set.map((text) => [...way, text])).slice(0, maxWays);
  for (const way of ways) yield keyOf(way);
}

function firstOf(values: Iterable<JsonValue>): readonly JsonValue[] {
  const found: JsonValue[] = [];
  for (const value of values) {
    found.push(value);
    if (found.length === maxWays) break;
  }
  return found;
}

function textOf(value: JsonValue): string {
  // An object is printed; it is named by mistake, and may be large.
  return plainText(value).slice(0, maxValue);
}
