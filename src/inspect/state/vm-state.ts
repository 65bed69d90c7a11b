/**
 * All that is known of one VM, as it changes from message to message. A snapshot shares what does not change
 * afterwards. Bounded: a hostile recording may name any number of things.
 */
import type { JsonValue } from '../../json/value.js';
import { type AreaName, areaNames } from './areas.js';
import type { Entity, Fact, Place, StateCause } from './fact.js';

/** More things in an area, or values of one, than any VM has. */
const maxEntities = 5000;
const maxValues = 200;

/** An entity that this state may change. */
interface OwnEntity extends Entity {
  readonly generation: number;
  exists: Fact;
  readonly values: Map<string, Fact>;
}

type Things = Map<string, OwnEntity>;

/** What is known at one moment; it does not change. */
export interface StateSnapshot {
  readonly areas: ReadonlyMap<AreaName, ReadonlyMap<string, Entity>>;
  readonly gap: StateCause | undefined;
}

export class VmState {
  #areas: Map<AreaName, Things>;
  #gap: StateCause | undefined;
  #generation = 0;
  #snapshot: StateSnapshot | undefined;

  constructor(from?: StateSnapshot) {
    const known = (area: AreaName): Things => new Map(from?.areas.get(area) as Things | undefined);
    this.#areas = new Map(areaNames.map((area) => [area, known(area)]));
    this.#gap = from?.gap;
    this.#snapshot = from;
    // What a snapshot has is of an earlier generation.
    for (const things of this.#areas.values()) {
      for (const { generation } of things.values()) {
        if (generation >= this.#generation) this.#generation = generation + 1;
      }
    }
  }

  get gap(): StateCause | undefined {
    return this.#gap;
  }

  /** From here on, all that was known before may have changed. */
  setGap(gap: StateCause): void {
    this.#gap = gap;
    this.#snapshot = undefined;
  }

  /** Forgets everything: another VM runs in the same place. */
  clear(): void {
    for (const things of this.#areas.values()) things.clear();
    this.#gap = undefined;
    this.#snapshot = undefined;
  }

  snapshot(): StateSnapshot {
    if (this.#snapshot === undefined) {
      this.#generation += 1;
      const copy = new Map([...this.#areas].map(([area, things]) => [area, new Map(things)]));
      this.#snapshot = { areas: copy, gap: this.#gap };
    }
    return this.#snapshot;
  }

  place(index: number): Place {
    return { index, gap: this.#gap };
  }

  entity(area: AreaName, name: string): Entity | undefined {
    return this.#areas.get(area)?.get(name);
  }

  /** Those that exist, as far as is known. */
  names(area: AreaName): readonly string[] {
    return [...(this.#areas.get(area)?.values() ?? [])]
      .filter(({ exists }) => exists.value === true)
      .map(({ name }) => name);
  }

  /** Says whether there is such a thing. One that is gone has no values. */
  setExists(area: AreaName, name: string, exists: Fact): void {
    const entity = this.#own(area, name, exists);
    if (entity === undefined) return;
    entity.exists = exists;
    if (exists.value !== true) entity.values.clear();
  }

  /** Sets a value of a thing that is known; undefined takes it away. */
  setValue(area: AreaName, name: string, attribute: string, fact: Fact | undefined): void {
    const entity = this.#own(area, name, undefined);
    if (entity === undefined) return;
    if (fact === undefined) entity.values.delete(attribute);
    else if (entity.values.has(attribute) || entity.values.size < maxValues)
      entity.values.set(attribute, fact);
  }

  /** The entity as one that may be changed; `exists`: it is made if it is not there. */
  #own(area: AreaName, name: string, exists: Fact | undefined): OwnEntity | undefined {
    const things = this.#areas.get(area);
    const known = things?.get(name);
    if (things === undefined || (known === undefined && exists === undefined)) return undefined;
    this.#snapshot = undefined;
    if (known?.generation === this.#generation) return known;
    const made =
      known === undefined
        ? undefined
        : { ...known, generation: this.#generation, values: new Map(known.values) };
    const entity = made ?? newEntity(name, this.#generation, exists as Fact);
    if (known === undefined && things.size >= maxEntities) dropOne(things);
    things.set(name, entity);
    return entity;
  }
}

function newEntity(name: string, generation: number, exists: Fact): OwnEntity {
  return { name, generation, exists, values: new Map() };
}

/** Makes room: first what is gone, else the oldest. */
function dropOne(things: Things): void {
  const gone = [...things.values()].find(({ exists }) => exists.value !== true);
  const [oldest] = things.keys();
  things.delete(gone?.name ?? oldest ?? '');
}

/** The value of a fact, if there is one. */
export function valueAt(entity: Entity | undefined, attribute: string): JsonValue | undefined {
  return entity?.values.get(attribute)?.value;
}
