/**
 * The recordings that one thread indexes, in turns: in a round each that has something to do indexes a block of its
 * journal at most. So one that floods delays the others by a block, and an idle one costs a look at a number.
 */
import { type IndexerMemory, newMemory } from '../index/indexer.js';
import { removeToTotal, type TotalLimit } from '../index/total.js';
import { FollowedRecording } from './followed-recording.js';
import type { FromIndexer, ToIndexer } from './indexer-messages.js';

/** ms. A reader sees a message after this and the journal's interval. Shorter would take CPU from the peers. */
const pollInterval = 50;
/** The same for each recording that had its turn, since a commit costs as much as the messages in it: for hundreds, they are gathered for longer. */
const intervalOfEach = 16;
const longestInterval = 1_500;
/** ms between looks at what all recordings take together. */
const totalInterval = 10_000;
/** The same where nothing more can be removed: each is looked at again then. */
const exceededInterval = 60_000;

export interface RoundsOptions {
  readonly tell: (message: FromIndexer) => void;
  /** Told whose turn it is; 0 after it. */
  readonly work: (id: number) => void;
}

export class IndexingRounds {
  readonly #options: RoundsOptions;
  readonly #memory: IndexerMemory = newMemory();
  readonly #recordings = new Map<number, FollowedRecording>();
  /** When those have their turn that have only been written to. */
  #nextPoll = 0;
  #total: TotalLimit | undefined;
  #nextTotal = 0;
  #exceededTold = false;

  constructor(options: RoundsOptions) {
    this.#options = options;
  }

  hear(said: Exclude<ToIndexer, { type: 'end' }>): void {
    if (said.type === 'limit') {
      this.#total = said.total;
      return;
    }
    if (said.type === 'to') {
      this.#recordings.get(said.id)?.hear(said.said);
      return;
    }
    const { id, file } = said;
    const tell = this.#options.tell;
    this.#recordings.set(
      id,
      new FollowedRecording(file, this.#memory, (told) => {
        tell({ id, told });
      }),
    );
  }

  /** A turn for each that has something to do. Gives the milliseconds until the next round, 0 if there is more. */
  round(now: number): number {
    const isPoll = now >= this.#nextPoll;
    let turns = 0;
    let more = false;
    for (const [id, recording] of this.#recordings) {
      if (!recording.isUrgent(now) && !(isPoll && recording.isDue(now))) continue;
      turns++;
      this.#options.work(id);
      more = recording.turn(now) || more;
      this.#options.work(0);
      if (recording.isOver) this.#recordings.delete(id);
    }
    if (isPoll) this.#nextPoll = now + Math.min(longestInterval, pollInterval + turns * intervalOfEach);
    if (this.#total !== undefined && now >= this.#nextTotal) this.#keepTotal(this.#total, now);
    return more ? 0 : Math.max(1, this.#nextPoll - now);
  }

  #keepTotal(limit: TotalLimit, now: number): void {
    this.#nextTotal = now + totalInterval;
    const { removed, troubles, size } = removeToTotal(limit);
    const { tell } = this.#options;
    for (const path of removed) tell({ id: 0, told: { type: 'removed', path } });
    if (size <= limit.most) {
      this.#exceededTold = false;
    } else if (removed.length > 0) {
      this.#nextTotal = now; // the rest in the next round
    } else {
      this.#nextTotal = now + exceededInterval;
      if (this.#exceededTold) return;
      this.#exceededTold = true;
      const why = 'what is being written, and what has marks, is not removed';
      const line = `${limit.folder}: has ${size} bytes, more than --max-total: ${why}`;
      for (const text of [...troubles, line]) tell({ id: 0, told: { type: 'not-removed', line: text } });
    }
  }

  /** Lets go of all files, as they are. */
  close(): void {
    for (const recording of this.#recordings.values()) recording.close();
    this.#recordings.clear();
  }
}
