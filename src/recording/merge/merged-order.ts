/**
 * The order of the messages of several recordings: by wall clock, as far as anybody has asked. What a place was once
 * given to keeps it: a message that is learned of later comes behind, whatever its time.
 */
import type { Message } from '../message.js';
import type { RecordingReader } from '../ports.js';
import { Frontier } from './frontier.js';
import { PlaceList } from './place-list.js';

/** What is known of one recording's messages. */
interface Part {
  readonly reader: RecordingReader;
  readonly places: PlaceList;
  /** Times of messages without a place yet, and how many of them have been used. */
  waiting: readonly { readonly index: number; readonly time: number }[];
  used: number;
  /** The last message that was read. */
  read: number;
  /** It has ended, or cannot be read: no more will come. */
  over: boolean;
}

/** Outlines read ahead, of all recordings together. */
const aheadOfAll = 40_000;
const leastAhead = 50;
/** Places are given in steps. */
const stepLength = 1000;

export interface OrderSurroundings {
  /** A message's wall clock, microseconds since 1970. */
  readonly timeOf: (reader: RecordingReader, session: number, t: number) => number;
  /** Runs what reads a recording; undefined: that has failed, and was told. */
  readonly guard: <T>(reader: RecordingReader, read: () => T) => T | undefined;
}

export class MergedOrder {
  readonly #around: OrderSurroundings;
  readonly #parts = new Map<RecordingReader, Part>();
  readonly #next = new Frontier<Part>();
  /** Recordings of which nothing waits: something may have come since. */
  #dry = new Set<Part>();
  #count = 0;

  constructor(around: OrderSurroundings) {
    this.#around = around;
  }

  add(reader: RecordingReader): void {
    const part: Part = { reader, places: new PlaceList(), waiting: [], used: 0, read: 0, over: false };
    this.#parts.set(reader, part);
    this.#dry.add(part);
  }

  /** How many messages there are. */
  count(): number {
    while (this.#advance());
    return this.#count;
  }

  /** Orders messages up to this place, or all if there are fewer. */
  reach(place: number): void {
    while (this.#count < place && this.#advance());
  }

  /** The place of a message of one recording; undefined if that can no longer be read so far. */
  placeOf(reader: RecordingReader, index: number): number | undefined {
    const places = this.#parts.get(reader)?.places;
    if (places === undefined) return undefined;
    while (places.lastIndex < index && this.#advance());
    return places.placeOf(index);
  }

  /** The index in one recording of its last message up to this place; 0: there is none. */
  lastUpTo(reader: RecordingReader, place: number): number {
    return this.#parts.get(reader)?.places.lastUpTo(place) ?? 0;
  }

  /** Gives places to the next messages. False: there are none. */
  #advance(): boolean {
    const dry = this.#dry;
    this.#dry = new Set();
    for (const part of dry) this.#offer(part);
    for (let step = 0; step < stepLength; step++) {
      const part = this.#next.take();
      if (part === undefined) return step > 0;
      const { index } = part.waiting[part.used++] ?? { index: part.read };
      part.places.add(index, ++this.#count);
      this.#offer(part);
    }
    return true;
  }

  /** Adds the next message of a recording to the candidates. */
  #offer(part: Part): void {
    if (part.used === part.waiting.length) this.#readOn(part);
    const next = part.waiting[part.used];
    if (next !== undefined) this.#next.put(next.time, part);
    else if (!part.over) this.#dry.add(part);
  }

  #readOn(part: Part): void {
    part.used = 0;
    part.waiting = [];
    if (part.over) return;
    const { reader, read } = part;
    const limit = Math.max(leastAhead, Math.floor(aheadOfAll / this.#parts.size));
    const found = this.#around.guard(reader, () => {
      // Asked before the messages, so that what came last is seen although the recording has ended.
      const { live } = reader.info;
      const range = { after: read, limit };
      const found: Iterable<Pick<Message, 'index' | 'session' | 't'>> =
        reader.outlines?.(range) ?? reader.messages(range);
      const waiting = Array.from(found, ({ index, session, t }) => ({
        index,
        time: this.#around.timeOf(reader, session, t),
      }));
      return { live, waiting };
    });
    part.waiting = found?.waiting ?? [];
    part.read = part.waiting.at(-1)?.index ?? read;
    part.over = found === undefined || (!found.live && part.waiting.length === 0);
  }
}
