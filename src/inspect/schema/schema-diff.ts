/**
 * What differs between the schemas of two servers. The names of types are numbers that change between versions, so
 * types are compared by what they hold, starting from commands and events. A type that several use is told once.
 */
import { type Schema, type SchemaObject, type SchemaType, typeName } from '../../qmp/schema.js';

/** A place where two schemas differ. */
export interface SchemaChange {
  /** `arguments.driver`, `return[*].name`, `data.id`; empty for the command or event itself. */
  readonly path: string;
  /** `new`, `gone`, `value 'x' new`, `now optional`, `was str, is int`, `now deprecated` … */
  readonly text: string;
}

/** A command or an event that both servers have and that differs. */
export interface NameDiff {
  /** Which of the two. */
  readonly kind: 'command' | 'event';
  /** Its name. */
  readonly name: string;
  /** Where it differs. */
  readonly changes: readonly SchemaChange[];
  /** Other commands and events in which the same types differ, which are not told there again. */
  readonly also: readonly string[];
}

/** How the schemas of two servers differ. */
export interface SchemaDiff {
  /** What only the first server has. */
  readonly removed: { readonly commands: readonly string[]; readonly events: readonly string[] };
  /** What only the second server has. */
  readonly added: { readonly commands: readonly string[]; readonly events: readonly string[] };
  /** What both have, in the order of the names. */
  readonly changed: readonly NameDiff[];
}

/** From `a` to `b`. */
export function diffSchemas(a: Schema, b: Schema): SchemaDiff {
  const names = (left: ReadonlyMap<string, unknown>, right: ReadonlyMap<string, unknown>): string[] =>
    [...left.keys()].filter((name) => !right.has(name)).sort();
  return {
    removed: { commands: names(a.commands, b.commands), events: names(a.events, b.events) },
    added: { commands: names(b.commands, a.commands), events: names(b.events, a.events) },
    changed: new Comparison(a, b).changed(),
  };
}

/** Two types at the same place. */
interface TypePair {
  readonly key: string;
  /** What differs in the types themselves. */
  readonly changes: readonly SchemaChange[];
  /** The types inside, by the path from here. */
  readonly inner: readonly TypesAt[];
}

/** QEMU's schemas have some 1,500; a hostile schema may have far more. */
const maxPairs = 50_000;

/** A path, and the types that both schemas have there. */
type TypesAt = readonly [path: string, a: string, b: string];

/** A command or an event that both schemas have. */
interface Entry {
  readonly kind: NameDiff['kind'];
  readonly name: string;
  /** What differs in the entry itself. */
  readonly own: readonly string[];
  readonly types: readonly TypesAt[];
}

/** An entry that differs. */
type Found = Omit<NameDiff, 'also'> & { readonly also: Set<string> };

class Comparison {
  readonly #a: Schema;
  readonly #b: Schema;
  readonly #pairs = new Map<string, TypePair>();
  readonly #found: Found[] = [];
  /** The entry in which a pair's changes are told. */
  readonly #told = new Map<string, Found>();

  constructor(a: Schema, b: Schema) {
    this.#a = a;
    this.#b = b;
  }

  changed(): NameDiff[] {
    for (const [name, a] of sorted(this.#a.commands)) {
      const b = this.#b.commands.get(name);
      if (b === undefined) continue;
      const own = [...features(a.features, b.features), ...outOfBand(a.oob, b.oob)];
      const types: TypesAt[] = [
        ['arguments', a.arguments, b.arguments],
        ['return', a.returns, b.returns],
      ];
      this.#add({ kind: 'command', name, own, types });
    }
    for (const [name, a] of sorted(this.#a.events)) {
      const b = this.#b.events.get(name);
      if (b === undefined) continue;
      const own = features(a.features, b.features);
      this.#add({ kind: 'event', name, own, types: [['data', a.data, b.data]] });
    }
    return this.#found.map(({ also, ...entry }) => ({ ...entry, also: [...also] }));
  }

  #add({ kind, name, own, types }: Entry): void {
    const changes: SchemaChange[] = own.map((text) => ({ path: '', text }));
    const entry = { kind, name, changes, also: new Set<string>() };
    const seen = new Set<string>();
    const pending = [...types];
    // The list grows while it is walked, breadth first: of several paths to a type the shortest is told.
    for (const [path, a, b] of pending) {
      const pair = this.#pair(a, b);
      if (seen.has(pair.key)) continue;
      seen.add(pair.key);
      for (const [step, left, right] of pair.inner) pending.push([path + step, left, right]);
      if (pair.changes.length === 0) continue;
      const told = this.#told.get(pair.key);
      if (told !== undefined && told.name !== name) {
        told.also.add(name);
        continue;
      }
      this.#told.set(pair.key, entry);
      for (const change of pair.changes) changes.push({ ...change, path: path + change.path });
    }
    if (changes.length > 0) this.#found.push(entry);
  }

  #pair(a: string, b: string): TypePair {
    const key = `${a} ${b}`;
    let pair = this.#pairs.get(key);
    if (pair === undefined) {
      const tooMany = this.#pairs.size >= maxPairs;
      const unfollowed = {
        changes: [{ path: '', text: 'not compared: the schema is too large' }],
        inner: [],
      };
      pair = { key, ...(tooMany ? unfollowed : this.#compare(a, b)) };
      this.#pairs.set(key, pair);
    }
    return pair;
  }

  #compare(nameA: string, nameB: string): Omit<TypePair, 'key'> {
    const [a, b] = [this.#a.types.get(nameA), this.#b.types.get(nameB)];
    if (a?.meta === 'array' && b?.meta === 'array') {
      return { changes: [], inner: [['[*]', a.element, b.element]] };
    }
    if (a?.meta === 'enum' && b?.meta === 'enum') return { changes: enumChanges(a, b), inner: [] };
    if (a?.meta === 'object' && b?.meta === 'object') return this.#objects(a, b);
    if (a?.meta === 'alternate' && b?.meta === 'alternate') return this.#alternates(a, b);
    const [wordsA, wordsB] = [typeName(this.#a, nameA), typeName(this.#b, nameB)];
    return {
      changes: wordsA === wordsB ? [] : [{ path: '', text: `was ${wordsA}, is ${wordsB}` }],
      inner: [],
    };
  }

  #alternates(
    a: SchemaType & { meta: 'alternate' },
    b: SchemaType & { meta: 'alternate' },
  ): Omit<TypePair, 'key'> {
    const [inA, inB] = [byMeta(this.#a, a.of), byMeta(this.#b, b.of)];
    const gone = [...inA].filter(([meta]) => !inB.has(meta)).map(([, name]) => typeName(this.#a, name));
    const added = [...inB].filter(([meta]) => !inA.has(meta)).map(([, name]) => typeName(this.#b, name));
    return {
      changes: [
        ...gone.map((type) => ({ path: '', text: `no longer ${type}` })),
        ...added.map((type) => ({ path: '', text: `now also ${type}` })),
      ],
      inner: [...inA].flatMap(([meta, name]): TypesAt[] => {
        const other = inB.get(meta);
        return other === undefined ? [] : [['', name, other]];
      }),
    };
  }

  #objects(a: SchemaObject, b: SchemaObject): Omit<TypePair, 'key'> {
    const changes: SchemaChange[] = [];
    const inner: TypesAt[] = [];
    const membersB = new Map(b.members.map((member) => [member.name, member]));
    for (const member of a.members) {
      const path = `.${member.name}`;
      const other = membersB.get(member.name);
      membersB.delete(member.name);
      if (other === undefined) {
        changes.push({ path, text: 'gone' });
        continue;
      }
      if (member.optional !== other.optional)
        changes.push({ path, text: other.optional ? 'now optional' : 'now mandatory' });
      changes.push(...features(member.features, other.features).map((text) => ({ path, text })));
      inner.push([path, member.type, other.type]);
    }
    for (const { name, type, optional } of membersB.values()) {
      changes.push({
        path: `.${name}`,
        text: `new, ${optional ? 'optional ' : ''}${typeName(this.#b, type)}`,
      });
    }
    // A new or removed case is a new or removed value of the tag, and is told there.
    for (const [value, type] of a.variants) {
      const other = b.variants.get(value);
      if (other !== undefined) inner.push([`(${a.tag ?? ''}=${value})`, type, other]);
    }
    return { changes, inner };
  }
}

function enumChanges(a: SchemaType & { meta: 'enum' }, b: SchemaType & { meta: 'enum' }): SchemaChange[] {
  const inB = new Map(b.values.map((value) => [value.name, value]));
  const changes: SchemaChange[] = [];
  for (const value of a.values) {
    const other = inB.get(value.name);
    inB.delete(value.name);
    const texts = other === undefined ? ['gone'] : features(value.features, other.features);
    for (const text of texts) changes.push({ path: '', text: `value '${value.name}' ${text}` });
  }
  for (const name of inB.keys()) changes.push({ path: '', text: `value '${name}' new` });
  return changes;
}

/** Alternatives by the kind of JSON value that chooses them. */
function byMeta(schema: Schema, types: readonly string[]): Map<string, string> {
  return new Map(
    types.map((name) => {
      const type = schema.types.get(name);
      const kind =
        type?.meta === 'builtin' ? type.json : type?.meta === 'enum' ? 'string' : (type?.meta ?? name);
      return [kind, name];
    }),
  );
}

function features(a: readonly string[], b: readonly string[]): string[] {
  return [
    ...a.filter((feature) => !b.includes(feature)).map((feature) => `no longer ${feature}`),
    ...b.filter((feature) => !a.includes(feature)).map((feature) => `now ${feature}`),
  ];
}

function outOfBand(a: boolean, b: boolean): string[] {
  return a === b ? [] : [b ? 'now allowed out-of-band' : 'no longer allowed out-of-band'];
}

function sorted<T>(map: ReadonlyMap<string, T>): (readonly [string, T])[] {
  return [...map].sort(([a], [b]) => (a < b ? -1 : 1));
}
