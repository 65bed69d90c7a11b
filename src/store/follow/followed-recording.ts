/**
 * One recording among those that a thread indexes. Whatever is wrong with its file is its own trouble: it waits, and
 * begins anew, and nothing is lost by that, since its journal has it.
 *
 *     locking ──lock──► begun ──open──► following ──end──► over
 *        │                ▲  ▲──────────fail───┘  │
 *        │                └───────again───────────┘          begun: has its lock, and opens its file at its next turn
 *        └──────────────not locked──────────────► over
 */
import { reasonOf } from '../disk/files.js';
import { KeptLock } from '../disk/kept-lock.js';
import type { IndexerMemory } from '../index/indexer.js';
import { removeOldest } from '../index/prune.js';
import { FileWatch } from './file-watch.js';
import { Follower, type Turn } from './follower.js';
import { type FollowedFile, type FromFollowed, gauges, type ToFollowed } from './indexer-messages.js';

/** How long to wait before the file is tried again, ms; longer for one that fails again and again. */
const retryInterval = 500;
const longestRetry = 5_000;
/** A file that could not be written for so long is told of, ms: others lock it for less. */
const silence = 1_500;
/** How often the end is tried. */
const attempts = 2;
/** Failures that lie further apart than this are counted anew, ms. */
const longAgo = 10_000;
/** Another reader may be asking for the lock at this very moment: for less than so long, ms. */
const lockPatience = 5_000;
/** So long it is waited for at a time, ms: others wait behind this. */
const lockTry = 20;
/** ms between looks at the files of one of many, as long as nothing is written. */
const idleLook = 5_000;

type State =
  | { readonly is: 'locking'; readonly from: number; readonly until: number }
  | { readonly is: 'begun'; readonly lock: KeptLock; readonly from: number }
  | { readonly is: 'following'; readonly lock: KeptLock; readonly follower: Follower }
  | { readonly is: 'over' };

interface Failures {
  readonly count: number;
  /** When the first of them was, and the last one. */
  readonly since: number;
  readonly last: number;
  readonly told: boolean;
}

type Flush = ToFollowed & { readonly type: 'flush' };

export class FollowedRecording {
  readonly #data: FollowedFile;
  readonly #tell: (told: FromFollowed) => void;
  readonly #end: () => void;
  readonly #memory: IndexerMemory;
  readonly #watch: FileWatch;
  #state: State;
  #failures: Failures | undefined;
  /** Failures since the end was asked for. */
  #failedEnds = 0;
  #ending: (ToFollowed & { readonly type: 'finish' }) | undefined;
  #flushes: Flush[] = [];
  #prune = false;
  /** The journal's writes that had been made before the last turn. */
  #writes = -1;
  /** Its last turn left more to do. */
  #more = true;
  /** Told when nothing of it is held any more. */
  #last: FromFollowed | undefined;

  /** `tell`: of this recording, to the other thread. */
  constructor(data: FollowedFile, memory: IndexerMemory, tell: (told: FromFollowed) => void) {
    this.#data = data;
    this.#memory = memory;
    this.#tell = (told) => {
      if (told.type === 'finished' || told.type === 'lost' || told.type === 'failed') this.#last = told;
      else tell(told);
    };
    this.#end = () => {
      const state = this.#state;
      this.#state = { is: 'over' };
      if (state.is === 'begun' || state.is === 'following') state.lock.release();
      this.#answer(true);
      if (this.#last !== undefined) tell(this.#last);
    };
    this.#watch = new FileWatch(data.path, data.file, this.#tell);
    const now = performance.now();
    this.#state = { is: 'locking', from: now, until: now + lockPatience };
  }

  hear(said: ToFollowed): void {
    if (said.type === 'flush') this.#flushes.push(said);
    else if (said.type === 'prune') this.#prune = true;
    else this.#ending = said;
    // There is nothing to wait for.
    if (this.#state.is === 'begun' && this.#failures !== undefined) this.#answer(true);
  }

  /** Its end has been told. */
  get isOver(): boolean {
    return this.#state.is === 'over';
  }

  /** Whether it has something to do that cannot wait. */
  isUrgent(now: number): boolean {
    const state = this.#state;
    if (state.is === 'locking') return now >= state.from;
    if (state.is === 'begun') return this.#ending !== undefined || now >= state.from;
    return this.#more || this.#ending !== undefined || this.#flushes.length > 0 || this.#prune;
  }

  /** Whether there is something to index, or it is time to look at the file. */
  isDue(now: number): boolean {
    const state = this.#state;
    if (state.is !== 'following') return this.isUrgent(now);
    const rest = this.#data.frugal ? idleLook : 0;
    return this.#written() !== this.#writes || now > state.follower.looksAt + rest;
  }

  /** Does some of it: indexes a block at most. True if there is more to do now. */
  turn(now: number): boolean {
    let turned: Turn;
    try {
      turned = this.#turn(now);
    } catch (error) {
      turned = this.#failed(error, now);
    }
    if (turned === 'over') this.#end();
    this.#more = turned === 'more' || turned === 'again';
    return this.#more;
  }

  /** Lets go of its file and its lock, as they are. */
  close(): void {
    const state = this.#state;
    this.#state = { is: 'over' };
    if (state.is === 'following') closed(state.follower);
    if (state.is === 'following' || state.is === 'begun') state.lock.release();
  }

  #turn(now: number): Turn {
    const state = this.#state;
    if (state.is === 'over') return 'over';
    if (state.is === 'locking') return this.#takeLock(state, now);
    const follower = state.is === 'following' ? state.follower : this.#open(state.lock);
    if (follower === undefined) return 'over';
    this.#writes = this.#written();
    // After the first step: only then does this recording itself say that it is one of the series.
    const isLast = this.#ending !== undefined && !this.#prune;
    const turned = isLast ? follower.end(this.#ending?.trouble) : follower.step();
    if (turned === 'over') return turned;
    if (turned === 'again') {
      this.#state = { is: 'begun', lock: state.lock, from: now };
      return turned;
    }
    if (this.#prune) this.#pruneSeries();
    this.#answer(turned === 'rest');
    return turned;
  }

  /** Nobody may think that the recorder has crashed: the locks of all come before the work of any. */
  #takeLock({ until }: State & { is: 'locking' }, now: number): Turn {
    const gone = this.#watch.look();
    if (gone?.removed === true) {
      this.#watch.lose(gone);
      return 'over';
    }
    const lock = KeptLock.take(this.#data.path, lockTry);
    if (lock !== undefined) {
      this.#state = { is: 'begun', lock, from: now };
      return 'more';
    }
    if (now < until) return 'more';
    throw new Error('another qmptap writes this recording');
  }

  #open(lock: KeptLock): Follower | undefined {
    const gone = this.#watch.look();
    if (gone?.removed === true) {
      this.#watch.lose(gone);
      return undefined;
    }
    const tools = { watch: this.#watch, lock, memory: this.#memory, tell: this.#tell };
    const follower = new Follower(this.#data, tools);
    this.#state = { is: 'following', lock, follower };
    return follower;
  }

  /** The file could not be written: locked by another program, on a disk that is full, without a descriptor to spare. */
  #failed(error: unknown, now: number): Turn {
    const state = this.#state;
    const reason = reasonOf(error);
    if (state.is === 'following') closed(state.follower);
    if (state.is === 'locking' && now < state.until) {
      this.#state = { ...state, from: now + retryInterval };
      return 'rest';
    }
    if (
      state.is === 'locking' ||
      state.is === 'over' ||
      (this.#ending !== undefined && ++this.#failedEnds === attempts)
    ) {
      this.#tell({ type: 'failed', reason });
      return 'over';
    }
    const before = this.#failures;
    const isNew = before === undefined || now - before.last > longAgo;
    const failures = isNew ? { count: 0, since: now, told: false } : before;
    const count = failures.count + 1;
    const isLong = count >= attempts && now - failures.since >= silence;
    if (isLong && !failures.told) this.#tell({ type: 'stuck', reason });
    this.#failures = { since: failures.since, count, last: now, told: failures.told || isLong };
    const rest = Math.min(longestRetry, retryInterval * Math.ceil(count / 4));
    this.#state = { is: 'begun', lock: state.lock, from: now + rest };
    this.#answer(true);
    return 'rest';
  }

  #pruneSeries(): void {
    this.#prune = false;
    const { series } = this.#data;
    if (series === undefined) return;
    for (const { path, trouble } of removeOldest(series))
      this.#tell(trouble === undefined ? { type: 'removed', path } : { type: 'not-removed', line: trouble });
  }

  /** Answers the flushes that have been reached, or all of them. */
  #answer(all: boolean): void {
    const state = this.#state;
    this.#flushes = this.#flushes.filter(({ flush, upTo }) => {
      const isReached = all || (state.is === 'following' && state.follower.hasReached(upTo));
      if (isReached) this.#tell({ type: 'flushed', flush });
      return !isReached;
    });
  }

  #written(): number {
    return Atomics.load(this.#data.gauge, gauges.writes);
  }
}

function closed(follower: Follower): void {
  try {
    follower.close();
  } catch {
    // What could not be written is why it is closed.
  }
}
