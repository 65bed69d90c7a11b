/**
 * A few threads that share the recordings of many VMs. One would do for the work, but beginning and ending a file
 * waits for the disk several times, and a disk does that for several at once.
 */
import type { IndexedFile, IndexedRecording, IndexerEvents } from './indexed-recording.js';
import { IndexerThread, type IndexerThreadOptions } from './indexer-thread.js';

/** Each costs some 10 MB. */
const mostThreads = 4;
/** Another one is started only if all have so many. */
const fewRecordings = 8;

/** What follows the journals of recordings. */
export interface RecordingFollower {
  /** They are many: each has to do with little. */
  readonly isShared: boolean;
  /** Follows a recording's journal. @throws the system's error if the file is not there */
  follow(file: IndexedFile, events: IndexerEvents): IndexedRecording;
}

export class IndexerThreads implements RecordingFollower {
  readonly isShared = true;
  readonly #threads: IndexerThread[] = [];
  readonly #options: Omit<IndexerThreadOptions, 'shared'>;

  constructor(options: Omit<IndexerThreadOptions, 'shared'>) {
    this.#options = options;
  }

  follow(file: IndexedFile, events: IndexerEvents): IndexedRecording {
    const [idlest] = this.#threads.toSorted((a, b) => a.recordings - b.recordings);
    const isEnough = idlest !== undefined && idlest.recordings < fewRecordings;
    if (idlest !== undefined && (isEnough || this.#threads.length === mostThreads))
      return idlest.follow(file, events);
    const { total, ...others } = this.#options;
    const isFirst = this.#threads.length === 0;
    const thread = new IndexerThread({ ...others, shared: true, total: isFirst ? total : undefined });
    const indexed = thread.follow(file, events);
    this.#threads.push(thread);
    return indexed;
  }

  /** Ends the threads, once the recordings that they have are finished. */
  close(): void {
    for (const thread of this.#threads) thread.close();
  }
}
