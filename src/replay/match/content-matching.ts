/**
 * Matching by what is said: messages come in any order. Of equal ones the recorded one is taken that fits what has
 * happened so far; of those that fit alike, one after the other, and a question's last again and again.
 */
import { tryParse } from '../../json/parse.js';
import type { Path } from '../../json/path.js';
import { redactedPaths } from '../../redact/redacted-paths.js';
import type { Unstable } from '../../recording/unstable.js';
import type { Bindings } from './bindings.js';
import { type ClientFrame, inputAfter, type Match, type Matching, matchKey, valueKey } from './match.js';
import type { SessionPlan } from '../plan/plan.js';
import { sameButFor } from './redacted.js';
import { spellingOf } from '../plan/spelling.js';
import { isQuestion } from '../plan/state-changes.js';
import { countBefore, type Distance, type Progress } from './progress.js';

/** Equal messages, in their recorded order. */
interface Equals {
  readonly name: string | undefined;
  readonly places: number[];
  /** The index of the one that was taken last. */
  latest: number;
}

/** Of messages that differ in made-up values only, so many are compared. */
const maximumAlike = 200;

/** Of many equal ones, those are compared that are so near to the last one taken, or to what happened last. */
const nearby = 32;

/** Bounds memory against a client that spells each command differently. */
const maximumSpellings = 4096;

export interface ContentMatchingOptions {
  readonly unstable: Unstable;
  readonly progress: Progress;
  /** Learns what the client makes up. */
  readonly bindings: Bindings;
  /** Names of commands that change something, and whose last answer is given again when all have been given. */
  readonly mayRepeat: (name: string) => boolean;
}

export class ContentMatching implements Matching {
  readonly #plan: SessionPlan;
  readonly #unstable: Unstable;
  readonly #progress: Progress;
  readonly #bindings: Bindings;
  readonly #mayRepeat: (name: string) => boolean;
  /** By kind and name: the places not yet sorted by key, for keys cost a parse each. */
  readonly #unsorted = new Map<string, number[]>();
  readonly #byKey = new Map<string, Equals>();
  /** The same, for spellings that came before. */
  readonly #bySpelling = new Map<string, Equals>();
  /** Redacted messages, which have no key: by kind and name. */
  readonly #redacted = new Map<string, { readonly place: number; readonly paths: readonly Path[] }[]>();
  /** By kind and name, made when it is first asked for. */
  readonly #shapes = new Map<string, Map<string, number[]>>();
  readonly #used = new Set<number>();

  constructor(plan: SessionPlan, { unstable, progress, bindings, mayRepeat }: ContentMatchingOptions) {
    this.#plan = plan;
    this.#unstable = unstable;
    this.#progress = progress;
    this.#bindings = bindings;
    this.#mayRepeat = mayRepeat;
    for (const place of this.#inputs()) {
      const message = plan.steps[place]?.message;
      if (message === undefined) continue;
      const places = this.#unsorted.get(sortOf(message));
      if (places) places.push(place);
      else this.#unsorted.set(sortOf(message), [place]);
    }
  }

  takeSpelled(bytes: Uint8Array): Match | undefined {
    const spelling = this.#bySpelling.size === 0 ? undefined : spellingOf(bytes);
    const equals = spelling === undefined ? undefined : this.#bySpelling.get(spelling);
    return equals && this.#takeFrom(equals);
  }

  take(frame: ClientFrame): Match | undefined {
    const sort = sortOf(frame);
    this.#sort(sort);
    const equals = this.#byKey.get(`${sort} ${matchKey(frame, this.#unstable)}`);
    if (equals === undefined) return this.#takeRedacted(frame) ?? this.#takeMadeUp(frame, sort);
    if (frame.kind === 'command' && this.#bySpelling.size < maximumSpellings) {
      const spelling = spellingOf(frame.bytes);
      if (spelling !== undefined) this.#bySpelling.set(spelling, equals);
    }
    return this.#takeFrom(equals) ?? this.#takeRedacted(frame);
  }

  *left(): Iterable<number> {
    for (const place of this.#inputs()) if (!this.#used.has(place)) yield place;
  }

  *#inputs(): Iterable<number> {
    const { length } = this.#plan.steps;
    for (let place = inputAfter(this.#plan, -1); place < length; place = inputAfter(this.#plan, place))
      yield place;
  }

  #takeFrom(equals: Equals): Match | undefined {
    const best = this.#best(equals, this.#near(equals)) ?? this.#best(equals, equals.places.keys());
    if (best === undefined) return undefined;
    equals.latest = best.index;
    return this.#use(best.place);
  }

  #best(
    { places, name }: Equals,
    indices: Iterable<number>,
  ): (Rank & { readonly index: number }) | undefined {
    let best: (Rank & { readonly index: number }) | undefined;
    for (const index of indices) {
      const rank = this.#rank(places[index] ?? 0, name);
      if (rank !== undefined && (best === undefined || isBetter(rank, best))) best = { ...rank, index };
    }
    return best;
  }

  /** Indices in ascending order. */
  *#near({ places, latest }: Equals): Iterable<number> {
    let next = 0;
    for (const middle of [latest, countBefore(places, this.#progress.latest)].sort((a, b) => a - b)) {
      const end = Math.min(places.length, middle + nearby);
      for (next = Math.max(next, middle - nearby); next < end; next++) yield next;
    }
  }

  /** The message with other values where those are made up each time. */
  #takeMadeUp(frame: ClientFrame, sort: string): Match | undefined {
    const value = frame.kind === 'command' ? tryParse(frame.bytes) : undefined;
    const { name = '' } = frame;
    if (value === undefined) return undefined;
    const ignored = this.#unstable.pathsFor('command', name);
    const known = this.#byKey.get(`${sort} ${valueKey(this.#bindings.asRecorded(value), ignored)}`);
    if (known !== undefined) return this.#takeFrom(known);
    const alike = this.#shapesOf(sort, name).get(valueKey(this.#bindings.shape(value, name), ignored)) ?? [];
    const ranks = alike.slice(0, maximumAlike).flatMap((place) => this.#rank(place, name) ?? []);
    const best = ranks
      .sort((a, b) => (isBetter(a, b) ? -1 : isBetter(b, a) ? 1 : a.place - b.place))
      .find(({ place }) => {
        const raw = this.#plan.steps[place]?.message.raw;
        return raw !== undefined && this.#bindings.bind(name, raw, frame.bytes);
      });
    return best && this.#use(best.place);
  }

  /** Places by what is not made up. */
  #shapesOf(sort: string, name: string): ReadonlyMap<string, readonly number[]> {
    let shapes = this.#shapes.get(sort);
    if (shapes !== undefined) return shapes;
    shapes = new Map<string, number[]>();
    this.#shapes.set(sort, shapes);
    const ignored = this.#unstable.pathsFor('command', name);
    for (const place of this.#inputs()) {
      const message = this.#plan.steps[place]?.message;
      if (message === undefined || sortOf(message) !== sort) continue;
      const value = tryParse(message.raw);
      if (value === undefined) continue;
      const key = valueKey(this.#bindings.shape(value, name), ignored);
      const places = shapes.get(key);
      if (places) places.push(place);
      else shapes.set(key, [place]);
    }
    return shapes;
  }

  #use(place: number): Match {
    const repeated = this.#used.has(place);
    this.#used.add(place);
    return { place, repeated };
  }

  /** Undefined if the recorded message at a place cannot be taken any more. */
  #rank(place: number, name: string | undefined): Rank | undefined {
    const used = this.#used.has(place);
    const message = this.#plan.steps[place]?.message;
    if (message === undefined) return undefined;
    const mayRepeat = isQuestion(message) || (name !== undefined && this.#mayRepeat(name));
    if (used && !mayRepeat) return undefined;
    return { ...this.#progress.distance(place, name), used, place };
  }

  #takeRedacted(frame: ClientFrame): Match | undefined {
    let best: Rank | undefined;
    for (const { place, paths } of this.#redacted.get(sortOf(frame)) ?? []) {
      const rank = this.#rank(place, frame.name);
      if (rank === undefined || (best !== undefined && !isBetter(rank, best))) continue;
      const message = this.#plan.steps[place]?.message;
      if (message !== undefined && sameButFor(paths, frame, message, this.#unstable)) best = rank;
    }
    return best && this.#use(best.place);
  }

  /** Sorts the recorded messages of one kind and name by their keys. */
  #sort(sort: string): void {
    for (const place of this.#unsorted.get(sort) ?? []) {
      const message = this.#plan.steps[place]?.message;
      if (message === undefined) continue;
      const paths = redactedPaths(message.raw);
      if (paths.length > 0) {
        const redacted = this.#redacted.get(sort);
        if (redacted) redacted.push({ place, paths });
        else this.#redacted.set(sort, [{ place, paths }]);
        continue;
      }
      const key = `${sort} ${matchKey({ name: message.name, bytes: message.raw }, this.#unstable)}`;
      const equals = this.#byKey.get(key);
      if (equals) equals.places.push(place);
      else this.#byKey.set(key, { name: message.name, places: [place], latest: 0 });
    }
    this.#unsorted.delete(sort);
  }
}

function sortOf({ kind, name }: Pick<ClientFrame, 'kind' | 'name'>): string {
  return name === undefined ? kind : `${kind} ${name}`;
}

interface Rank extends Distance {
  readonly used: boolean;
  readonly place: number;
}

/** Whether one fits better than another that is recorded before it: of used ones the last, of others the first. */
function isBetter(one: Rank, than: Rank): boolean {
  if (one.relevant !== than.relevant) return one.relevant < than.relevant;
  if (one.all !== than.all) return one.all < than.all;
  return than.used;
}
