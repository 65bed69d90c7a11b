/**
 * How far a replay has come, by which changes of the recording have happened: so the recorded answer is found that
 * fits the state, whatever the client's pace and whatever it left out.
 */
import type { SessionPlan } from '../plan/plan.js';
import { changedBy, subjectOf, subjects } from '../plan/state-changes.js';

/** How far the state of now is from the recorded one at a place. The first number decides, then the second. */
export interface Distance {
  /** Changes of what the question is about: not happened though recorded before, or happened though recorded after. */
  readonly relevant: number;
  /** The same of all changes. */
  readonly all: number;
}

export class Progress {
  readonly #all: Changes;
  readonly #bySubject = new Map<string, Changes>();
  /** The client's command that is furthest in the recording. */
  #furthest = -1;
  /** The change that happened last. */
  #latest = -1;

  /** `changes`: places of the plan, ascending. */
  constructor({ steps }: SessionPlan, changes: readonly number[]) {
    this.#all = new Changes(changes);
    const bySubject = new Map<string, number[]>(Object.keys(subjects).map((subject) => [subject, []]));
    for (const place of changes) {
      const message = steps[place]?.message;
      for (const subject of message ? changedBy(message) : []) bySubject.get(subject)?.push(place);
    }
    for (const [subject, places] of bySubject) this.#bySubject.set(subject, new Changes(places));
  }

  /** The recorded place of what happened last, -1 at the beginning. */
  get latest(): number {
    return this.#latest;
  }

  /** The client sent the recorded command at a place: what it left out before is not to come any more. */
  reached(place: number): void {
    if (place <= this.#furthest) return;
    this.#furthest = place;
    for (const changes of this.#sets()) changes.skipBefore(place);
  }

  /** The change at a place has happened; without effect on what is no change. */
  happened(place: number): void {
    let known = false;
    for (const changes of this.#sets()) known = changes.happened(place) || known;
    if (known) this.#latest = place;
  }

  /** How well the answer to the recorded question at a place fits now. */
  distance(place: number, name: string | undefined): Distance {
    const all = this.#all.distance(place);
    const subject = name === undefined ? undefined : subjectOf(name);
    const relevant = subject === undefined ? undefined : this.#bySubject.get(subject);
    return { relevant: relevant === undefined ? all : relevant.distance(place), all };
  }

  *#sets(): Iterable<Changes> {
    yield this.#all;
    yield* this.#bySubject.values();
  }
}

/** Changes in their recorded order, each of which is to come, has happened, or was left out. */
class Changes {
  readonly #places: readonly number[];
  readonly #states: ('to come' | 'happened' | 'left out')[];
  readonly #toCome: PrefixSums;
  readonly #happened: PrefixSums;
  /** All before this index are not to come any more. */
  #skipped = 0;

  constructor(places: readonly number[]) {
    this.#places = places;
    this.#states = places.map(() => 'to come');
    this.#toCome = new PrefixSums(places.length);
    this.#happened = new PrefixSums(places.length);
    for (const index of places.keys()) this.#toCome.add(index, 1);
  }

  happened(place: number): boolean {
    const index = countBefore(this.#places, place);
    const state = this.#states[index];
    if (this.#places[index] !== place || state === 'happened') return false;
    if (state === 'to come') this.#toCome.add(index, -1);
    this.#states[index] = 'happened';
    this.#happened.add(index, 1);
    return true;
  }

  skipBefore(place: number): void {
    for (const end = countBefore(this.#places, place); this.#skipped < end; this.#skipped++) {
      if (this.#states[this.#skipped] !== 'to come') continue;
      this.#states[this.#skipped] = 'left out';
      this.#toCome.add(this.#skipped, -1);
    }
  }

  distance(place: number): number {
    const index = countBefore(this.#places, place);
    return this.#toCome.before(index) + this.#happened.total - this.#happened.before(index);
  }
}

/** How many of ascending places are before one. */
export function countBefore(places: readonly number[], place: number): number {
  let [low, high] = [0, places.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((places[middle] ?? Infinity) < place) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Counts at indices, and their sums up to any of them, both in logarithmic time (a Fenwick tree). */
class PrefixSums {
  readonly #tree: Int32Array;
  total = 0;

  constructor(length: number) {
    this.#tree = new Int32Array(length + 1);
  }

  add(index: number, count: number): void {
    this.total += count;
    for (let at = index + 1; at < this.#tree.length; at += at & -at)
      this.#tree[at] = (this.#tree[at] ?? 0) + count;
  }

  /** The sum of all before an index. */
  before(index: number): number {
    let sum = 0;
    for (let at = index; at > 0; at -= at & -at) sum += this.#tree[at] ?? 0;
    return sum;
  }
}
