/** What a recording's two threads say to each other. Traffic comes through the journal alone. */
import type { Trouble } from './indexer.js';
import type { Series } from '../disk/series.js';
import type { HeldFile } from '../disk/moved-file.js';

/** What the thread is started with. */
export interface IndexerData {
  readonly path: string;
  readonly durable: boolean;
  /** Counted up, with a wake-up, when a message was posted. */
  readonly wakeups: Int32Array;
  /** The recording's file, whatever its name is by now. */
  readonly file: HeldFile;
  /** Kept up to date for the other thread: KiB that the file has, and the segment that is being indexed. */
  readonly gauge: Int32Array;
  /** The recordings that this is one of. */
  readonly series: Series | undefined;
}

/** `flush`: tell when all that the journal held at this moment can be read. `prune`: of the series. */
export type ToIndexer =
  | { readonly type: 'prune' }
  | { readonly type: 'flush'; readonly id: number }
  | { readonly type: 'finish'; readonly trouble: Trouble | undefined };

/**
 * `stuck`: the file cannot be written for now; it is tried again without end. `gone`: the file is not under its
 * name any more; what it can still be given waits for `finish`. `lost`: it was removed.
 */
export type FromIndexer =
  | { readonly type: 'flushed'; readonly id: number }
  | { readonly type: 'finished'; readonly messages: number; readonly incomplete: string | undefined }
  | { readonly type: 'removed'; readonly path: string }
  | { readonly type: 'not-removed'; readonly line: string }
  | { readonly type: 'stuck' | 'gone' | 'lost'; readonly reason: string };
