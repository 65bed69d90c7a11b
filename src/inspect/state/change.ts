/**
 * What one message does to what is known: the words in which the sources (`sources/`) say it. An answer that
 * contradicts what was implied is noticed here.
 */
import { equalJson } from '../../json/canonical.js';
import type { JsonValue } from '../../json/value.js';
import { type AreaName, areaNames, valueKind } from './areas.js';
import { doubtAt, type Entity, type Fact, type StateCause } from './fact.js';
import { valueAt, type VmState } from './vm-state.js';

/** An answer says something else than what follows from earlier commands and events. */
export interface Contradiction {
  /** The answer. */
  readonly at: StateCause;
  readonly area: AreaName;
  /** The node, device, job …; empty where there is but one. */
  readonly name: string;
  /** The value; undefined: whether it exists. */
  readonly attribute: string | undefined;
  /** What was implied; undefined: that it has no such value. */
  readonly implied: JsonValue | undefined;
  readonly impliedBy: StateCause;
  /** What the answer says. */
  readonly answered: JsonValue | undefined;
}

/** Values by their name; what is undefined is said not to be there. */
export type Values = Readonly<Record<string, JsonValue | undefined>>;

export interface ChangeOptions {
  readonly state: VmState;
  readonly at: StateCause;
  /** The place of the command that was answered; of an event, its own. */
  readonly asked: number;
  readonly onContradiction: (found: Contradiction) => void;
}

export class Change {
  readonly at: StateCause;
  readonly #state: VmState;
  readonly #asked: number;
  readonly #onContradiction: (found: Contradiction) => void;

  constructor({ state, at, asked, onContradiction }: ChangeOptions) {
    this.#state = state;
    this.at = at;
    this.#asked = asked;
    this.#onContradiction = onContradiction;
  }

  value(area: AreaName, name: string, attribute: string): JsonValue | undefined {
    return valueAt(this.#state.entity(area, name), attribute);
  }

  exists(area: AreaName, name: string): boolean {
    return this.#state.entity(area, name)?.exists.value === true;
  }

  names(area: AreaName): readonly string[] {
    return this.#state.names(area);
  }

  /** An answer says that this is there, and so. `changing` overrides the table's word. */
  assert(area: AreaName, name: string, values: Values = {}, changing: readonly string[] = []): void {
    const before = this.#state.entity(area, name);
    if (before !== undefined) this.#compare(area, before, undefined, true);
    this.#state.setExists(area, name, this.#fact('asserted', true, false));
    for (const [attribute, value] of Object.entries(values)) {
      if (before !== undefined) this.#compare(area, before, attribute, value);
      const known = value === undefined ? undefined : this.#factOf('asserted', area, attribute, value);
      const fact = known !== undefined && changing.includes(attribute) ? { ...known, changing: true } : known;
      this.#state.setValue(area, name, attribute, fact);
    }
  }

  /** An answer has listed all of an area, or those that it could name: what it does not name is not there. */
  only(area: AreaName, names: ReadonlySet<string>, among: (name: string) => boolean = () => true): void {
    for (const name of this.#state.names(area)) {
      if (names.has(name) || !among(name)) continue;
      const before = this.#state.entity(area, name);
      if (before !== undefined) this.#compare(area, before, undefined, false);
      this.#state.setExists(area, name, this.#fact('asserted', false, false));
    }
  }

  /** An accepted command or an event implies that this is there, and so. What came after the command is newer. */
  imply(area: AreaName, name: string, values: Values = {}): void {
    const entity = this.#state.entity(area, name);
    if (entity?.exists.value !== true) {
      if (entity !== undefined && this.#isNewer(entity.exists)) return;
      this.#state.setExists(area, name, this.#fact('implied', true, false));
    }
    for (const [attribute, value] of Object.entries(values)) {
      const known = entity?.values.get(attribute);
      if (known !== undefined && known.doubt === undefined && this.#isNewer(known)) continue;
      const fact = value === undefined ? undefined : this.#factOf('implied', area, attribute, value);
      this.#state.setValue(area, name, attribute, fact);
    }
  }

  /** An accepted command or an event implies that this is no longer there. */
  gone(area: AreaName, name: string): void {
    const entity = this.#state.entity(area, name);
    if (entity !== undefined && this.#isNewer(entity.exists)) return;
    this.#state.setExists(area, name, this.#fact('implied', false, false));
  }

  /** This may have changed these values; without their names, all, and whether it is there at all. */
  doubt(area: AreaName, name: string, attributes?: readonly string[]): void {
    const entity = this.#state.entity(area, name);
    if (entity === undefined) return;
    if (attributes === undefined) this.doubtExistence(area, name);
    for (const attribute of attributes ?? [...entity.values.keys()]) {
      const fact = entity.values.get(attribute);
      if (fact === undefined || fact.doubt !== undefined || this.#isNewer(fact)) continue;
      this.#state.setValue(area, name, attribute, { ...fact, doubt: this.at });
    }
  }

  /** This may have removed a thing. */
  doubtExistence(area: AreaName, name: string): void {
    const exists = this.#state.entity(area, name)?.exists;
    if (exists === undefined || exists.doubt !== undefined || this.#isNewer(exists)) return;
    this.#state.setExists(area, name, { ...exists, doubt: this.at });
  }

  /** The same of all things of an area. */
  doubtAll(area: AreaName, attributes?: readonly string[]): void {
    for (const name of this.#state.names(area)) this.doubt(area, name, attributes);
  }

  /** This may have changed anything. */
  doubtEverything(): void {
    for (const area of areaNames) this.doubtAll(area);
  }

  /** Whether the value was set while the command was under way. */
  isFresh(area: AreaName, name: string, attribute: string): boolean {
    const fact = this.#state.entity(area, name)?.values.get(attribute);
    return fact !== undefined && this.#isNewer(fact);
  }

  #isNewer(fact: Fact): boolean {
    return fact.by.index > this.#asked && fact.by.index < this.at.index;
  }

  #fact(basis: Fact['basis'], value: JsonValue, changing: boolean): Fact {
    return { value, basis, by: this.at, changing, doubt: undefined };
  }

  #factOf(basis: Fact['basis'], area: AreaName, attribute: string, value: JsonValue): Fact {
    const { changing = false } = valueKind(area, attribute);
    return this.#fact(basis, value, typeof changing === 'function' ? changing(value) : changing);
  }

  /** Only what was implied for certain, and before the question, can be contradicted. */
  #compare(
    area: AreaName,
    before: Entity,
    attribute: string | undefined,
    answered: JsonValue | undefined,
  ): void {
    const fact = attribute === undefined ? before.exists : before.values.get(attribute);
    if (fact?.basis !== 'implied' || fact.by.index > this.#asked) return;
    if (doubtAt(fact, this.#state.place(this.at.index)) !== undefined) return;
    if (attribute !== undefined && valueKind(area, attribute).respelled === true) return;
    if (answered !== undefined && equalJson(fact.value, answered)) return;
    const { name } = before;
    const { value: implied, by: impliedBy } = fact;
    this.#onContradiction({ at: this.at, area, name, attribute, implied, impliedBy, answered });
  }
}
