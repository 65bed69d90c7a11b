/**
 * What was known at any moment of a recording, finished or growing. The first look reads the recording up to there;
 * later ones go on from the nearest of the states that are kept on the way.
 */
import type { RecordingReader } from '../../recording/ports.js';
import type { Contradiction } from './change.js';
import { tellingMessages } from './reading.js';
import { type ReducerSnapshot, StateReducer } from './reducer.js';
import type { StateSnapshot } from './vm-state.js';
import { type Vm, Vms } from './vms.js';

/** States that are kept. With more, every second one is dropped, and they lie twice as far apart. */
const maxKept = 512;
/** Messages that tell something, between two of them. */
const firstDistance = 500;
/** Contradictions that are kept: each is told once, and a hostile recording has any number. */
const maxContradictions = 1000;

/** What was known of one VM after a message. */
export interface KnownState {
  readonly vm: Vm;
  readonly state: StateSnapshot;
  /** The place of that message in the recording. */
  readonly index: number;
}

interface Kept {
  readonly index: number;
  readonly snapshot: ReducerSnapshot;
}

export class StateTimeline {
  readonly #reader: RecordingReader;
  readonly #vms: Vms;
  readonly #contradictions: Contradiction[] = [];
  /** Reads the recording once, from its beginning to its end. */
  readonly #first: StateReducer;
  #kept: Kept[] = [];
  #distance = firstDistance;
  #sinceKept = 0;
  /** The place up to which the recording was read. */
  #read = 0;
  /** The last answer: a list that moves on by one message needs no more. */
  #last: { readonly index: number; readonly reducer: StateReducer } | undefined;

  constructor(reader: RecordingReader) {
    this.#reader = reader;
    this.#vms = new Vms(reader);
    this.#first = new StateReducer(this.#vms, (found) => {
      if (this.#contradictions.length < maxContradictions) this.#contradictions.push(found);
    });
  }

  /** The place up to which it has read. */
  get read(): number {
    return this.#read;
  }

  /** Answers that contradict what was implied, as far as was read. */
  get contradictions(): readonly Contradiction[] {
    return this.#contradictions;
  }

  /** Reads among the next `most` messages. False: there are no more. */
  readOn(most: number, end = this.#reader.count()): boolean {
    if (this.#read >= end) return false;
    const before = Math.min(end, this.#read + most) + 1;
    for (const message of tellingMessages(this.#reader, this.#read, before)) {
      this.#first.take(message);
      this.#sinceKept += 1;
      if (this.#sinceKept >= this.#distance) this.#keep(message.index);
    }
    this.#read = before - 1;
    return true;
  }

  /** What was known of each VM after the message at a place; only those that something is known of. */
  at(index: number): readonly KnownState[] {
    if (this.#read < index) this.readOn(index - this.#read, index);
    const reducer = this.#read === index ? this.#first : this.#before(index);
    return [...reducer.snapshot().states].map(([vm, state]) => ({ vm, state, index }));
  }

  /** The VM that a session belongs to. */
  vmOf(session: number): Vm | undefined {
    return this.#vms.of({ session })?.vm;
  }

  #before(index: number): StateReducer {
    const kept = this.#kept.findLast((one) => one.index <= index);
    const last = this.#last;
    const goOn = last !== undefined && last.index <= index && last.index >= (kept?.index ?? 0);
    const reducer = goOn ? last.reducer : new StateReducer(this.#vms, () => undefined, kept?.snapshot);
    const after = goOn ? last.index : (kept?.index ?? 0);
    for (const message of tellingMessages(this.#reader, after, index + 1)) reducer.take(message);
    this.#last = { index, reducer };
    return reducer;
  }

  #keep(index: number): void {
    this.#sinceKept = 0;
    this.#kept.push({ index, snapshot: this.#first.snapshot() });
    if (this.#kept.length < maxKept) return;
    this.#kept = this.#kept.filter((_, at) => at % 2 === 1);
    this.#distance *= 2;
  }
}

/** Every answer of a recording that contradicts what earlier commands and events imply. */
export function collectContradictions(reader: RecordingReader): readonly Contradiction[] {
  const timeline = new StateTimeline(reader);
  timeline.readOn(Infinity);
  return timeline.contradictions;
}
