/**
 * What a server says of its own protocol: the answer to `query-qmp-schema`, decoded. What in it cannot be
 * understood is left out and counted. (QEMU's qapi/introspect.json, `SchemaInfo`.)
 */
import { isArray, isObject, type JsonObject, type JsonValue } from '../json/value.js';

/** `value` is any JSON value. */
export type JsonType = 'string' | 'number' | 'int' | 'boolean' | 'null' | 'object' | 'array' | 'value';

/** Flags such as `deprecated` and `unstable`. */
export type Features = readonly string[];

/** A member of an object. */
export interface SchemaMember {
  /** Its name. */
  readonly name: string;
  /** The name of its type. */
  readonly type: string;
  /** May be absent. */
  readonly optional: boolean;
  /** Its flags. */
  readonly features: Features;
}

/** An object, with variants that a tag chooses. */
export interface SchemaObject {
  /** What the type is. */
  readonly meta: 'object';
  /** What all variants have. */
  readonly members: readonly SchemaMember[];
  /** The member whose value chooses the variant. */
  readonly tag: string | undefined;
  /** The type whose members come in addition, by the tag's value. */
  readonly variants: ReadonlyMap<string, string>;
}

/** An enumeration. */
export interface SchemaEnum {
  /** What the type is. */
  readonly meta: 'enum';
  /** Its values, in their order. */
  readonly values: readonly { readonly name: string; readonly features: Features }[];
}

/** Type names are meaningless numbers, except those of built-in types. */
export type SchemaType =
  | { readonly meta: 'builtin'; readonly name: string; readonly json: JsonType }
  | SchemaEnum
  | { readonly meta: 'array'; readonly element: string }
  | SchemaObject
  | { readonly meta: 'alternate'; readonly of: readonly string[] };

/** A command that a server knows. */
export interface SchemaCommand {
  /** Its name. */
  readonly name: string;
  /** The types of its arguments and of what it returns. */
  readonly arguments: string;
  /** The type of what it returns. */
  readonly returns: string;
  /** May be sent as `exec-oob`. */
  readonly oob: boolean;
  /** Its flags. */
  readonly features: Features;
}

/** An event that a server may send. */
export interface SchemaEvent {
  /** Its name. */
  readonly name: string;
  /** The type of its data. */
  readonly data: string;
  /** Its flags. */
  readonly features: Features;
}

/** What a server says that it knows: the answer of `query-qmp-schema`. */
export interface Schema {
  /** By their names. */
  readonly commands: ReadonlyMap<string, SchemaCommand>;
  /** By their names. */
  readonly events: ReadonlyMap<string, SchemaEvent>;
  /** By the names that the others refer to. */
  readonly types: ReadonlyMap<string, SchemaType>;
  /** How many entries were not understood. */
  readonly unknown: number;
}

/** Decodes the value that `query-qmp-schema` returned; undefined if it is not a schema. */
export function decodeSchema(returned: JsonValue | undefined): Schema | undefined {
  if (!isArray(returned)) return undefined;
  const commands = new Map<string, SchemaCommand>();
  const events = new Map<string, SchemaEvent>();
  const types = new Map<string, SchemaType>();
  let unknown = 0;
  for (const entry of returned) {
    const name = isObject(entry) ? text(entry, 'name') : undefined;
    if (!isObject(entry) || name === undefined) {
      unknown += 1;
      continue;
    }
    const meta = text(entry, 'meta-type');
    const type = meta === undefined ? undefined : decodeType(meta, name, entry);
    if (type !== undefined) types.set(name, type);
    else if (meta === 'command') commands.set(name, decodeCommand(name, entry));
    else if (meta === 'event') {
      events.set(name, { name, data: text(entry, 'arg-type') ?? '', features: features(entry) });
    } else unknown += 1;
  }
  return commands.size + events.size > 0 ? { commands, events, types, unknown } : undefined;
}

function decodeCommand(name: string, entry: JsonObject): SchemaCommand {
  return {
    name,
    arguments: text(entry, 'arg-type') ?? '',
    returns: text(entry, 'ret-type') ?? '',
    oob: entry.get('allow-oob') === true,
    features: features(entry),
  };
}

const jsonTypes: ReadonlySet<string> = new Set<JsonType>([
  'string',
  'number',
  'int',
  'boolean',
  'null',
  'object',
  'array',
  'value',
]);

function decodeType(meta: string, name: string, entry: JsonObject): SchemaType | undefined {
  switch (meta) {
    case 'builtin': {
      const json = text(entry, 'json-type') ?? 'value';
      return { meta, name, json: jsonTypes.has(json) ? (json as JsonType) : 'value' };
    }
    case 'enum':
      return { meta, values: uniqueNames(enumValues(entry)) };
    case 'array':
      return { meta, element: text(entry, 'element-type') ?? '' };
    case 'object':
      return {
        meta,
        members: uniqueNames(objects(entry, 'members').flatMap(decodeMember)),
        tag: text(entry, 'tag'),
        variants: new Map(
          objects(entry, 'variants').map((variant) => [
            text(variant, 'case') ?? '',
            text(variant, 'type') ?? '',
          ]),
        ),
      };
    case 'alternate':
      return { meta, of: objects(entry, 'members').flatMap((member) => text(member, 'type') ?? []) };
    default:
      return undefined;
  }
}

/** A member that may be absent has a `default`, which is always null so far. */
function decodeMember(member: JsonObject): SchemaMember[] {
  const name = text(member, 'name');
  if (name === undefined) return [];
  return [
    { name, type: text(member, 'type') ?? '', optional: member.has('default'), features: features(member) },
  ];
}

/** The first of each name. */
function uniqueNames<T extends { readonly name: string }>(items: readonly T[]): T[] {
  const known = new Map<string, T>();
  for (const item of items) if (!known.has(item.name)) known.set(item.name, item);
  return [...known.values()];
}

/** Since QEMU 6.2 `members` with features; before, only `values`. */
function enumValues(entry: JsonObject): SchemaEnum['values'] {
  const members = objects(entry, 'members');
  if (members.length > 0) {
    return members.flatMap((member) => {
      const name = text(member, 'name');
      return name === undefined ? [] : [{ name, features: features(member) }];
    });
  }
  return strings(entry.get('values')).map((name) => ({ name, features: [] }));
}

function features(entry: JsonObject): Features {
  return strings(entry.get('features'));
}

function strings(value: JsonValue | undefined): string[] {
  return isArray(value) ? value.filter((item) => typeof item === 'string') : [];
}

function objects(entry: JsonObject, key: string): JsonObject[] {
  const value = entry.get(key);
  return isArray(value) ? value.filter(isObject) : [];
}

function text(entry: JsonObject, key: string): string | undefined {
  const value = entry.get(key);
  return typeof value === 'string' ? value : undefined;
}

/** A type in a few words: `str`, `[int]`, `enum`, `object`, `str or null`. */
export function typeName(schema: Schema, name: string): string {
  return namedType(schema, name, 0);
}

/** A hostile schema may have types made of themselves, which would have endless names. */
const maxNameDepth = 3;
const maxAlternatives = 8;

function namedType(schema: Schema, name: string, depth: number): string {
  const type = schema.types.get(name);
  if (type === undefined) return 'unknown';
  if (depth > maxNameDepth) return '…';
  switch (type.meta) {
    case 'builtin':
      return type.name;
    case 'array':
      return `[${namedType(schema, type.element, depth + 1)}]`;
    case 'alternate': {
      const names = type.of.slice(0, maxAlternatives).map((one) => namedType(schema, one, depth + 1));
      return (type.of.length > maxAlternatives ? [...names, '…'] : names).join(' or ');
    }
    case 'enum':
    case 'object':
      return type.meta;
  }
}
