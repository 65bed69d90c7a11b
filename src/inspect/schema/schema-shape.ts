/** The shape of a command or an event as the schema has it: every member with its type, once. */
import { type Features, type Schema, type SchemaType, typeName } from '../../qmp/schema.js';

/** A line of a shape. */
export interface ShapeLine {
  /** How far to the right; members of a variant lie one deeper than those of all. */
  readonly depth: number;
  /** `arguments.driver`, `return[*].name`; members of a variant have the path that they have in a message. */
  readonly path: string;
  /** The member's name. */
  readonly name: string;
  /** May be absent. */
  readonly optional: boolean;
  /** In a few words; for a type that was told before, `as ` and the path where. */
  readonly type: string;
  /** Of an enumeration. */
  readonly values: readonly string[];
  /** Flags of this member. */
  readonly features: Features;
  /** Only where another member has this value: `driver is 'file'`. */
  readonly when: string | undefined;
}

/** A command or an event as the schema has it. */
export interface Shape {
  /** Which of the two. */
  readonly kind: 'command' | 'event';
  /** Its name. */
  readonly name: string;
  /** May be sent as `exec-oob`. */
  readonly oob: boolean;
  /** Flags of the whole. */
  readonly features: Features;
  /** `arguments` and `return` of a command, `data` of an event; without lines there is nothing in it. */
  readonly parts: readonly { readonly name: string; readonly lines: readonly ShapeLine[] }[];
}

/** The shapes of all commands and events that have this name; usually one. */
export function describeName(schema: Schema, name: string): readonly Shape[] {
  const command = schema.commands.get(name);
  const event = schema.events.get(name);
  const shapes: Shape[] = [];
  if (command !== undefined) {
    const { oob, features } = command;
    const parts = partsOf(schema, [
      ['arguments', command.arguments],
      ['return', command.returns],
    ]);
    shapes.push({ kind: 'command', name, oob, features, parts });
  }
  if (event !== undefined) {
    const parts = partsOf(schema, [['data', event.data]]);
    shapes.push({ kind: 'event', name, oob: false, features: event.features, parts });
  }
  return shapes;
}

function partsOf(schema: Schema, parts: readonly (readonly [name: string, type: string])[]): Shape['parts'] {
  const told = new Map<string, string>();
  return parts.map(([name, type]) => {
    const describer = new Describer(schema, told);
    describer.part(name, type);
    return { name, lines: describer.lines };
  });
}

class Describer {
  readonly lines: ShapeLine[] = [];
  readonly #schema: Schema;
  /** Where each type with members was told. */
  readonly #told: Map<string, string>;

  constructor(schema: Schema, told: Map<string, string>) {
    this.#schema = schema;
    this.#told = told;
  }

  /** Members of an object get a line each; any other type gets one line. */
  part(name: string, type: string): void {
    const known = this.#schema.types.get(type);
    if (known?.meta === 'object') this.#inside(type, name, 0);
    else this.#line({ depth: 0, path: name, name: '', optional: false, features: [], when: undefined }, type);
  }

  #line(line: Omit<ShapeLine, 'type' | 'values'>, type: string): void {
    const [inner, path] = this.#element(type, line.path);
    const told = this.#told.get(inner);
    const known = this.#schema.types.get(inner);
    this.lines.push({
      ...line,
      type: told === undefined ? typeName(this.#schema, type) : `${typeName(this.#schema, type)} as ${told}`,
      values: known?.meta === 'enum' ? known.values.map(({ name }) => name) : [],
    });
    if (told === undefined) this.#inside(inner, path, line.depth + 1);
  }

  /** What is in a list, and where: lists of lists as well. */
  #element(type: string, path: string): readonly [type: string, path: string] {
    let [inner, at] = [type, path];
    for (let depth = 0; depth < 8; depth++) {
      const known = this.#schema.types.get(inner);
      if (known?.meta !== 'array') break;
      [inner, at] = [known.element, `${at}[*]`];
    }
    return [inner, at];
  }

  #inside(name: string, path: string, depth: number): void {
    const type = this.#schema.types.get(name);
    if (type === undefined || type.meta === 'builtin' || type.meta === 'enum' || type.meta === 'array')
      return;
    if (this.#told.has(name)) return;
    this.#told.set(name, path);
    if (type.meta === 'alternate') this.#alternatives(type, path, depth);
    else this.#members(type, path, depth);
  }

  #alternatives(type: SchemaType & { meta: 'alternate' }, path: string, depth: number): void {
    for (const one of type.of) {
      const known = this.#schema.types.get(one);
      if (known?.meta === 'builtin') continue;
      this.#line({ depth, path, name: 'or', optional: false, features: [], when: undefined }, one);
    }
  }

  #members(type: SchemaType & { meta: 'object' }, path: string, depth: number): void {
    const add = (one: typeof type, when: string | undefined): void => {
      const at = when === undefined ? depth : depth + 1;
      for (const { name, type: inner, optional, features } of one.members) {
        this.#line({ depth: at, path: `${path}.${name}`, name, optional, features, when }, inner);
      }
    };
    add(type, undefined);
    for (const [value, variant] of type.variants) {
      const known = this.#schema.types.get(variant);
      if (known?.meta === 'object' && known.members.length > 0) add(known, `${type.tag ?? ''} is '${value}'`);
    }
  }
}
