/** Matching by what is said: messages come in any order, equal ones are taken in the order of the recording. */
import type { Path } from '../../json/path.js';
import { redactedPaths } from '../../redact/redacted-paths.js';
import type { Unstable } from '../../recording/unstable.js';
import { type ClientFrame, inputAfter, type Match, type Matching, matchKey } from './match.js';
import type { SessionPlan } from '../plan/plan.js';
import { sameButFor } from './redacted.js';
import { spellingOf } from '../plan/spelling.js';

/** The places of equal messages. */
interface Queue {
  readonly name: string | undefined;
  readonly places: number[];
  next: number;
}

/** Bounds memory against a client that spells each command differently. */
const maximumSpellings = 4096;

export class ContentMatching implements Matching {
  readonly #plan: SessionPlan;
  readonly #unstable: Unstable;
  readonly #mayRepeat: (name: string) => boolean;
  /** By kind and name: the places not yet sorted by key, for keys cost a parse each. */
  readonly #unsorted = new Map<string, number[]>();
  readonly #byKey = new Map<string, Queue>();
  /** The same, for spellings that came before. */
  readonly #bySpelling = new Map<string, Queue>();
  /** Redacted messages, which have no key: by kind and name. */
  readonly #redacted = new Map<string, { readonly place: number; readonly paths: readonly Path[] }[]>();
  readonly #used = new Set<number>();

  /** @param mayRepeat names of commands whose last answer is given again when all have been given */
  constructor(plan: SessionPlan, unstable: Unstable, mayRepeat: (name: string) => boolean) {
    this.#plan = plan;
    this.#unstable = unstable;
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
    const queue = spelling === undefined ? undefined : this.#bySpelling.get(spelling);
    return queue && this.#takeFrom(queue);
  }

  take(frame: ClientFrame): Match | undefined {
    const sort = sortOf(frame);
    this.#sort(sort);
    const queue = this.#byKey.get(`${sort} ${matchKey(frame, this.#unstable)}`);
    if (queue === undefined) return this.#takeRedacted(frame);
    if (frame.kind === 'command' && this.#bySpelling.size < maximumSpellings) {
      const spelling = spellingOf(frame.bytes);
      if (spelling !== undefined) this.#bySpelling.set(spelling, queue);
    }
    return this.#takeFrom(queue) ?? this.#takeRedacted(frame);
  }

  *left(): Iterable<number> {
    for (const place of this.#inputs()) if (!this.#used.has(place)) yield place;
  }

  *#inputs(): Iterable<number> {
    const { length } = this.#plan.steps;
    for (let place = inputAfter(this.#plan, -1); place < length; place = inputAfter(this.#plan, place))
      yield place;
  }

  #takeFrom(queue: Queue): Match | undefined {
    const place = queue.places[queue.next];
    if (place !== undefined) {
      queue.next += 1;
      this.#used.add(place);
      return { place, repeated: false };
    }
    const last = queue.places.at(-1);
    const may = last !== undefined && queue.name !== undefined && this.#mayRepeat(queue.name);
    return may ? { place: last, repeated: true } : undefined;
  }

  #takeRedacted(frame: ClientFrame): Match | undefined {
    const mayRepeat = frame.name !== undefined && this.#mayRepeat(frame.name);
    let given: number | undefined;
    for (const { place, paths } of this.#redacted.get(sortOf(frame)) ?? []) {
      if (this.#used.has(place) && !mayRepeat) continue;
      const message = this.#plan.steps[place]?.message;
      if (message === undefined || !sameButFor(paths, frame, message, this.#unstable)) continue;
      if (this.#used.has(place)) {
        given = place;
        continue;
      }
      this.#used.add(place);
      return { place, repeated: false };
    }
    return given === undefined ? undefined : { place: given, repeated: true };
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
      const queue = this.#byKey.get(key);
      if (queue) queue.places.push(place);
      else this.#byKey.set(key, { name: message.name, places: [place], next: 0 });
    }
    this.#unsorted.delete(sort);
  }
}

function sortOf({ kind, name }: Pick<ClientFrame, 'kind' | 'name'>): string {
  return name === undefined ? kind : `${kind} ${name}`;
}
