/** A recording that another thread indexes: what this thread asks of it, and is told. */
import { lockPath } from '../disk/files.js';
import type { Lock } from '../disk/lock.js';
import { holdFile, releaseFile } from '../disk/moved-file.js';
import type { Trouble } from '../index/indexer.js';
import type { JournalPlace } from '../journal/journal-writer.js';
import { type FollowedFile, type FromFollowed, gauges, type ToFollowed } from './indexer-messages.js';

/** `file`: as it was held for another thread. */
export type IndexedFile = Pick<FollowedFile, 'path' | 'durable' | 'series'> &
  Partial<Pick<FollowedFile, 'file'>>;

export interface IndexerEvents {
  /** It is not indexed any more: what the journal holds now waits for the end, or for the next who opens the file. */
  readonly died: (reason: string) => void;
  /** The file cannot be written for now, and it is tried again: what the journal holds waits. */
  readonly stuck: (reason: string) => void;
  /** The recording's file is not under its name any more; `finish` gives it what it can still be given. */
  readonly gone: (reason: string) => void;
  /** The recording's file was removed. */
  readonly lost: (reason: string) => void;
  /** A recording of the series was removed. */
  readonly removed: (path: string) => void;
  /** One could not be removed; the line says why. */
  readonly notRemoved: (line: string) => void;
}

/** The thread, as one of its recordings sees it. */
export interface IndexerLine {
  readonly frugal: boolean;
  readonly say: (said: ToFollowed) => void;
  /** `isAwaited` may have changed. */
  readonly attend: () => void;
  /** It has nothing to do with this recording any more. */
  readonly over: () => void;
}

export interface Outcome {
  /** Undefined: the rest is not indexed. */
  readonly messages: number | undefined;
  readonly incomplete: string | undefined;
}

/** ms; readers that test the lock hold it for less than one. */
const lockPatience = 1_000;

export class IndexedRecording {
  readonly followed: FollowedFile;
  readonly #events: IndexerEvents;
  readonly #line: IndexerLine;
  /** Flushes that are not answered. */
  readonly #flushes = new Map<number, { readonly said: ToFollowed; readonly resolve: () => void }>();
  #count = 0;
  /** The series was to be looked through. */
  #mayPrune = false;
  #ending: ToFollowed | undefined;
  #ended: (outcome: Outcome) => void = () => undefined;
  #outcome: Outcome | undefined;
  /** Why it is not indexed any more. */
  #aside: string | undefined;
  /** Taken over from a thread, so that no reader recovers a journal that still grows. */
  #lock: Promise<Lock | undefined> = Promise.resolve(undefined);

  /** @throws the system's error if the file is not there */
  constructor(file: IndexedFile, events: IndexerEvents, line: IndexerLine) {
    this.#events = events;
    this.#line = line;
    const gauge = new Int32Array(new SharedArrayBuffer(4 * gauges.length));
    const held = file.file ?? holdFile(file.path);
    this.followed = { ...file, frugal: line.frugal, file: held, gauge };
  }

  /** Bytes that the file has, as of its last commit. */
  get size(): number {
    return Atomics.load(this.followed.gauge, gauges.size) * 1024;
  }

  /** The segment of the journal that is being indexed. */
  get segment(): number {
    return Math.max(1, Atomics.load(this.followed.gauge, gauges.segment));
  }

  /** Somebody waits for it. */
  get isAwaited(): boolean {
    return this.#flushes.size > 0 || (this.#ending !== undefined && this.#outcome === undefined);
  }

  /** What was said and may not be done, for a new thread. Nothing tells that a series was looked through. */
  get unanswered(): readonly ToFollowed[] {
    const said = [...this.#flushes.values()].map((flush) => flush.said);
    if (this.#mayPrune) said.push({ type: 'prune' });
    return this.#ending === undefined ? said : [...said, this.#ending];
  }

  /** The journal was written to. */
  wrote(): void {
    Atomics.add(this.followed.gauge, gauges.writes, 1);
  }

  /** Removes the oldest recordings of the series that are too many. */
  prune(): void {
    if (!this.#isFollowed) return;
    this.#mayPrune = this.followed.series?.keep !== undefined;
    if (this.#mayPrune) this.#line.say({ type: 'prune' });
  }

  /** Waits until what the journal holds up to a place can be read from the tables, or never will be. */
  async flush(upTo: JournalPlace): Promise<void> {
    if (!this.#isFollowed) return;
    const said: ToFollowed = { type: 'flush', flush: ++this.#count, upTo };
    await new Promise<void>((resolve) => {
      this.#flushes.set(said.flush, { said, resolve });
      this.#line.attend();
      this.#line.say(said);
    });
  }

  /** Waits until the lock of a thread that gave it up is held in its place. */
  async held(): Promise<void> {
    await this.#lock;
  }

  /** Undefined while it is indexed. Otherwise why not; lets go of its lock then, for another thread. */
  async aside(): Promise<string | undefined> {
    (await this.#lock)?.release();
    this.#lock = Promise.resolve(undefined);
    return this.#aside;
  }

  /** Indexes what is left; the journal must be closed. */
  async finish(trouble: Trouble | undefined): Promise<Outcome> {
    const said: ToFollowed = { type: 'finish', trouble };
    this.#ending = said;
    if (this.#outcome === undefined && this.#aside === undefined) {
      const outcome = new Promise<Outcome>((resolve) => {
        this.#ended = resolve;
      });
      this.#line.attend();
      this.#line.say(said);
      await outcome;
    }
    return this.#outcome ?? unfinished(this.#aside ?? 'its thread ended');
  }

  /** Lets go of the file. */
  release(): void {
    releaseFile(this.followed.file);
  }

  hear(told: FromFollowed): void {
    switch (told.type) {
      case 'flushed':
        this.#flushes.get(told.flush)?.resolve();
        this.#flushes.delete(told.flush);
        this.#line.attend();
        break;
      case 'finished':
        this.#end({ messages: told.messages, incomplete: told.incomplete });
        break;
      case 'stuck':
        this.#events.stuck(told.reason);
        break;
      case 'gone':
        this.#events.gone(told.reason);
        break;
      case 'removed':
        this.#events.removed(told.path);
        break;
      case 'not-removed':
        this.#events.notRemoved(told.line);
        break;
      case 'lost':
        this.#end({ messages: 0, incomplete: told.reason });
        this.#events.lost(told.reason);
        break;
      case 'failed':
        this.setAside(told.reason);
    }
  }

  /** It is indexed no more, for now: what the journal has stays there. */
  setAside(reason: string): void {
    this.#aside = reason;
    this.#answerAll();
    this.#line.over();
    this.#events.died(reason);
    if (this.#ending !== undefined) {
      this.#ended(unfinished(reason));
      return;
    }
    // Loaded only now: the forwarding thread need not load SQLite.
    this.#lock = import('../disk/lock.js')
      .then(({ Lock }) => Lock.take(lockPath(this.followed.path), lockPatience))
      .catch(() => undefined);
  }

  get #isFollowed(): boolean {
    return this.#ending === undefined && this.#outcome === undefined && this.#aside === undefined;
  }

  #end(outcome: Outcome): void {
    this.#outcome = outcome;
    this.#answerAll();
    this.#line.over();
    this.#ended(outcome);
  }

  #answerAll(): void {
    for (const { resolve } of this.#flushes.values()) resolve();
    this.#flushes.clear();
  }
}

function unfinished(reason: string): Outcome {
  return { messages: undefined, incomplete: `${reason}; the rest is recovered when it is next opened` };
}
