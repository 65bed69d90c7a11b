/** Walks a JSON value along its type, and tells what each member is and what QEMU would refuse in it. */
import type { Step } from '../../json/path.js';
import { isArray, isNumber, isObject, type JsonObject, type JsonValue } from '../../json/value.js';
import type { JsonType, Schema, SchemaMember, SchemaObject, SchemaType } from '../../qmp/schema.js';
import { typeName } from '../../qmp/schema.js';
import { didYouMean } from '../../text/closest.js';

/** How grave a finding is. */
export type SchemaIssue =
  /** The server refuses it. */
  | 'wrong'
  /** The server has no such command; a client may send it to find that out. */
  | 'absent'
  /** What the schema says of it. */
  | 'deprecated'
  | 'unstable';

export interface SchemaVisit {
  /** What is at this place; undefined where a member is missing. */
  value(steps: readonly Step[], value: JsonValue | undefined, type: string): void;
  issue(steps: readonly Step[], issue: SchemaIssue, text: string): void;
}

/** A value in a message and the type that the schema gives it. */
export interface TypedValue {
  readonly type: string;
  readonly value: JsonValue;
  /** Where it is in the message. */
  readonly steps: readonly Step[];
  /** Unknown members are no error: `device_add` takes any property of its driver. */
  readonly open?: boolean;
}

/** Visits a value and everything inside it. */
export function walkSchema(schema: Schema, typed: TypedValue, visit: SchemaVisit): void {
  const { type, value, steps, open = false } = typed;
  new Walk(schema, visit).value(type, value, steps, open);
}

class Walk {
  readonly #schema: Schema;
  readonly #visit: SchemaVisit;

  constructor(schema: Schema, visit: SchemaVisit) {
    this.#schema = schema;
    this.#visit = visit;
  }

  value(name: string, value: JsonValue, steps: readonly Step[], open: boolean): void {
    const type = this.#schema.types.get(name);
    this.#visit.value(steps, value, typeName(this.#schema, name));
    if (type !== undefined) this.#typed(type, value, steps, open);
  }

  #typed(type: SchemaType, value: JsonValue, steps: readonly Step[], open: boolean): void {
    switch (type.meta) {
      case 'builtin':
        if (!fits(type.json, value))
          this.#wrong(steps, `must be ${jsonNames[type.json]}, is ${kindOf(value)}`);
        return;
      case 'enum':
        this.#enum(type, value, steps);
        return;
      case 'array':
        if (!isArray(value)) this.#wrong(steps, `must be a list, is ${kindOf(value)}`);
        else
          value.forEach((element, at) => {
            this.value(type.element, element, [...steps, at], false);
          });
        return;
      case 'alternate':
        this.#alternate(type, value, steps);
        return;
      case 'object':
        if (isObject(value)) this.#object(type, value, steps, open);
        else this.#wrong(steps, `must be an object, is ${kindOf(value)}`);
        return;
    }
  }

  #enum(type: SchemaType & { meta: 'enum' }, value: JsonValue, steps: readonly Step[]): void {
    if (typeof value !== 'string') {
      this.#wrong(steps, `must be a string, is ${kindOf(value)}`);
      return;
    }
    const known = type.values.find(({ name }) => name === value);
    if (known !== undefined) {
      this.#features(steps, `value '${value}'`, known.features);
      return;
    }
    const names = type.values.map(({ name }) => name);
    const listed =
      names.length > 12 ? `one of ${names.length} values` : names.map((name) => `'${name}'`).join(', ');
    this.#wrong(
      steps,
      `'${value}' is not ${names.length > 12 ? '' : 'one of '}${listed}${didYouMean(value, names)}`,
    );
  }

  /** The kind of JSON value decides, as in QEMU: no two alternatives have the same. */
  #alternate(type: SchemaType & { meta: 'alternate' }, value: JsonValue, steps: readonly Step[]): void {
    for (const name of type.of) {
      const one = this.#schema.types.get(name);
      if (one === undefined || !accepts(one, value)) continue;
      this.#typed(one, value, steps, false);
      return;
    }
    const names = type.of.map((name) => typeName(this.#schema, name));
    this.#wrong(steps, `must be ${names.join(' or ')}, is ${kindOf(value)}`);
  }

  #object(type: SchemaObject, value: JsonObject, steps: readonly Step[], open: boolean): void {
    const members = new Map(type.members.map((member) => [member.name, member]));
    const chosen = this.#variant(type, value);
    for (const member of chosen?.members ?? []) members.set(member.name, member);
    for (const [key, inner] of value) {
      const path = [...steps, key];
      const member = members.get(key);
      if (member !== undefined) {
        this.value(member.type, inner, path, false);
        this.#features(path, '', member.features);
      } else {
        this.#visit.value(path, inner, open ? 'any' : 'unknown');
        // Without a valid tag it is not known which members there are.
        const checked = !open && (type.tag === undefined || chosen !== undefined);
        if (checked) this.#wrong(path, `unknown${didYouMean(key, members.keys())}`);
      }
    }
    for (const member of members.values())
      if (!member.optional && !value.has(member.name)) this.#missing(member, steps);
  }

  #variant({ tag, variants }: SchemaObject, value: JsonObject): SchemaObject | undefined {
    const found = tag === undefined ? undefined : value.get(tag);
    const type = typeof found === 'string' ? this.#schema.types.get(variants.get(found) ?? '') : undefined;
    return type?.meta === 'object' ? type : undefined;
  }

  #missing(member: SchemaMember, steps: readonly Step[]): void {
    const path = [...steps, member.name];
    this.#visit.value(path, undefined, typeName(this.#schema, member.type));
    this.#wrong(path, 'missing');
  }

  #features(steps: readonly Step[], what: string, features: readonly string[]): void {
    for (const feature of ['deprecated', 'unstable'] as const) {
      if (features.includes(feature)) this.#visit.issue(steps, feature, `${what} is ${feature}`.trim());
    }
  }

  #wrong(steps: readonly Step[], text: string): void {
    this.#visit.issue(steps, 'wrong', text);
  }
}

const jsonNames: Readonly<Record<JsonType, string>> = {
  string: 'a string',
  number: 'a number',
  int: 'an integer',
  boolean: 'true or false',
  null: 'null',
  object: 'an object',
  array: 'a list',
  value: 'any value',
};

/** Whether the kind of value is right. To QEMU, a number with a fraction or an exponent is not an integer. */
function fits(json: JsonType, value: JsonValue): boolean {
  switch (json) {
    case 'string':
      return typeof value === 'string';
    case 'number':
      return isNumber(value);
    case 'int':
      return isNumber(value) && typeof value.value === 'bigint';
    case 'boolean':
      return typeof value === 'boolean';
    case 'null':
      return value === null;
    case 'object':
      return isObject(value);
    case 'array':
      return isArray(value);
    case 'value':
      return true;
  }
}

function accepts(type: SchemaType, value: JsonValue): boolean {
  switch (type.meta) {
    case 'builtin':
      return fits(type.json, value);
    case 'enum':
      return typeof value === 'string';
    case 'array':
      return isArray(value);
    case 'object':
      return isObject(value);
    case 'alternate':
      return false;
  }
}

function kindOf(value: JsonValue): string {
  if (value === null) return 'null';
  if (typeof value === 'string') return 'a string';
  if (typeof value === 'boolean') return String(value);
  if (isNumber(value)) return typeof value.value === 'bigint' ? 'an integer' : 'a number';
  return isArray(value) ? 'a list' : 'an object';
}
