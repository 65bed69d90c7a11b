/**
 * Which values of now stand for which recorded ones, where a peer makes them up anew each time (`made-up.ts`): bound
 * where they are first seen, and replaced after that.
 */
import { scanValues } from '../../json/extents.js';
import { matchPath, type Path, type Step } from '../../json/path.js';
import { printJson } from '../../json/print.js';
import { tryParse } from '../../json/parse.js';
import { isArray, isNumber, isObject, type JsonObject, type JsonValue } from '../../json/value.js';
import { type Edit, edited } from '../../redact/edits.js';
import { type MadeUpBy, textsMadeUp, type ValueRule, valueRules } from './made-up.js';

const decoder = new TextDecoder('latin1');

/** A hostile peer may make up a new one in each message. */
const maximum = 4096;

export class Bindings {
  readonly #by: MadeUpBy;
  /** By the recorded text or number, what stands for it now; and the other way. */
  readonly #now = new Map<string, string>();
  readonly #recorded = new Map<string, string>();

  constructor(by: MadeUpBy) {
    this.#by = by;
  }

  /** The value with what is bound replaced by what was recorded, for a comparison. */
  asRecorded(value: JsonValue): JsonValue {
    return this.#now.size === 0 ? value : replaced(value, (text) => this.#replace(text, this.#recorded));
  }

  /** The bytes of a recorded message with what is bound as it is now. */
  asNow(bytes: Uint8Array): Uint8Array {
    if (this.#now.size === 0) return bytes;
    return replacedBytes(bytes, this.#now, (text) => this.#replace(text, this.#now));
  }

  /** The message in a form in which all that is made up looks alike. `name`: its command. */
  shape(value: JsonValue, name: string): JsonValue {
    const blank = this.#rules(name).map(({ path }) => path);
    return replaced(value, (text) => text.replace(textsMadeUp[this.#by], '#'), blank);
  }

  /**
   * Binds what differs between a recorded message and the same message of now, if all that differs is made up and
   * nothing of it is bound to something else. Gives whether it was so. `name`: its command.
   */
  bind(name: string, recorded: Uint8Array, now: Uint8Array): boolean {
    const { pairs, isSame } = this.#compare(name, recorded, now);
    if (!isSame || !pairs.every((pair) => this.#fits(pair))) return false;
    for (const pair of pairs) this.#add(pair);
    return true;
  }

  /** Binds what can be bound of a message that may differ in more. */
  learn(name: string, recorded: Uint8Array, now: Uint8Array): void {
    for (const pair of this.#compare(name, recorded, now).pairs) if (this.#fits(pair)) this.#add(pair);
  }

  #compare(
    name: string,
    recorded: Uint8Array,
    now: Uint8Array,
  ): { readonly pairs: readonly Pair[]; readonly isSame: boolean } {
    const [was, is] = [tryParse(recorded, { nonFinite: true }), tryParse(now, { nonFinite: true })];
    if (!isObject(was) || !isObject(is)) return { pairs: [], isSame: false };
    const comparison = new Comparison(this.#rules(name), textsMadeUp[this.#by]);
    return { isSame: comparison.same(withoutId(was), withoutId(is), []), pairs: comparison.pairs };
  }

  #rules(name: string): ValueRule[] {
    return valueRules.filter((rule) => rule.by === this.#by && rule.matches(name));
  }

  #fits({ was, is }: Pair): boolean {
    return (this.#now.get(was) ?? is) === is && (this.#recorded.get(is) ?? was) === was;
  }

  #add({ was, is }: Pair): void {
    if (was === is || this.#now.size >= maximum) return;
    this.#now.set(was, is);
    this.#recorded.set(is, was);
  }

  #replace(text: string, by: ReadonlyMap<string, string>): string {
    return by.get(text) ?? text.replace(textsMadeUp[this.#by], (part) => by.get(part) ?? part);
  }
}

function withoutId(message: JsonObject): JsonObject {
  const members = new Map(message);
  members.delete('id');
  return members;
}

interface Pair {
  readonly was: string;
  readonly is: string;
}

/** Compares two values, and collects in what they differ that is made up. */
class Comparison {
  readonly pairs: Pair[] = [];
  readonly #rules: readonly ValueRule[];
  readonly #texts: RegExp;

  constructor(rules: readonly ValueRule[], madeUp: RegExp) {
    this.#rules = rules;
    this.#texts = madeUp;
  }

  /** Whether the values are the same but for what is made up. Looks at all of them even if not. */
  same(was: JsonValue, is: JsonValue, steps: readonly Step[]): boolean {
    if (isArray(was) && isArray(is)) {
      const same = was.map((element, at) => this.same(element, is[at] ?? null, [...steps, at]));
      return was.length === is.length && same.every(Boolean);
    }
    if (isObject(was) && isObject(is)) {
      const same = [...was].map(([key, member]) => this.same(member, is.get(key) ?? null, [...steps, key]));
      return was.size === is.size && same.every(Boolean);
    }
    if (isNumber(was) && isNumber(is)) return was.text === is.text || this.#number(was.text, is.text, steps);
    if (typeof was === 'string' && typeof is === 'string') return was === is || this.#text(was, is, steps);
    return was === is;
  }

  #number(was: string, is: string, steps: readonly Step[]): boolean {
    const member = this.#ruleAt(steps)?.member;
    if (member === undefined) return false;
    this.pairs.push({ was: numberKey(member, was), is: numberKey(member, is) });
    // A set of descriptors is also the name of a file.
    if (member === 'fdset-id') this.pairs.push({ was: `/dev/fdset/${was}`, is: `/dev/fdset/${is}` });
    return true;
  }

  #text(was: string, is: string, steps: readonly Step[]): boolean {
    if (was.replace(this.#texts, '#') === is.replace(this.#texts, '#')) {
      const parts = is.match(this.#texts) ?? [];
      for (const [at, part] of (was.match(this.#texts) ?? []).entries())
        this.pairs.push({ was: part, is: parts[at] ?? part });
      return true;
    }
    if (this.#ruleAt(steps) === undefined) return false;
    this.pairs.push({ was, is });
    return true;
  }

  #ruleAt(steps: readonly Step[]): ValueRule | undefined {
    return this.#rules.find(({ path }) => matchPath(path, steps));
  }
}

/** No text has this form, for a NUL is in no name. */
function numberKey(member: string, text: string): string {
  return `${member}\0${text}`;
}

function replaced(
  value: JsonValue,
  replace: (text: string) => string,
  blank: readonly Path[] = [],
  steps: readonly Step[] = [],
): JsonValue {
  if (blank.some((path) => matchPath(path, steps))) return '#';
  if (typeof value === 'string') return replace(value);
  if (isArray(value)) return value.map((element, at) => replaced(element, replace, blank, [...steps, at]));
  if (!isObject(value)) return value;
  return new Map([...value].map(([key, member]) => [key, replaced(member, replace, blank, [...steps, key])]));
}

function replacedBytes(
  bytes: Uint8Array,
  numbers: ReadonlyMap<string, string>,
  replace: (text: string) => string,
): Uint8Array {
  const edits: Edit[] = [];
  scanValues(bytes, (steps, extent) => {
    const { start, end, text } = extent;
    const now = text === undefined ? numberNow(bytes, extent, steps, numbers) : replace(text);
    if (now !== undefined && now !== text)
      edits.push({ start, end, text: text === undefined ? now : printJson(now) });
  });
  return edited(bytes, edits);
}

/** A number is only replaced where its member says what it means. */
function numberNow(
  bytes: Uint8Array,
  { start, end }: { readonly start: number; readonly end: number },
  steps: readonly Step[],
  numbers: ReadonlyMap<string, string>,
): string | undefined {
  const member = steps.at(-1);
  if (typeof member !== 'string') return undefined;
  const now = numbers.get(numberKey(member, decoder.decode(bytes.subarray(start, end))));
  return now?.slice(member.length + 1);
}
