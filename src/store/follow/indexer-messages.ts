/** What the forwarding thread and the indexing one say to each other. Traffic comes through the journals alone. */
import type { Trouble } from '../index/indexer.js';
import type { TotalLimit } from '../index/total.js';
import type { Series } from '../disk/series.js';
import type { HeldFile } from '../disk/moved-file.js';
import type { JournalPlace } from '../journal/journal-writer.js';

/** What the thread is started with. */
export interface IndexerData {
  /** Places of `signals`. */
  readonly signals: Int32Array;
}

/**
 * `wakeups`: counted up, with a wake-up, when a message was posted. `working`: the number of the recording that is
 * being worked on, 0 between two: if the thread dies, it may be the cause.
 */
export const signals = { wakeups: 0, working: 1, length: 2 } as const;

/** A recording whose journal is to be followed. */
export interface FollowedFile {
  readonly path: string;
  readonly durable: boolean;
  /** The recording's file, whatever its name is by now. */
  readonly file: HeldFile;
  /** Places of `gauges`. */
  readonly gauge: Int32Array;
  /** The recordings that this is one of. */
  readonly series: Series | undefined;
  /** It is one of many: it has to do with less memory, and a smaller log. */
  readonly frugal: boolean;
}

/** `size`: KiB that the file has. `segment`: the one that is being indexed. `writes`: into the journal, so far. */
export const gauges = { size: 0, segment: 1, writes: 2, length: 3 } as const;

/** `flush`: tell when all can be read that the journal holds up to a place. `prune`: of the series. */
export type ToFollowed =
  | { readonly type: 'prune' }
  | { readonly type: 'flush'; readonly flush: number; readonly upTo: JournalPlace }
  | { readonly type: 'finish'; readonly trouble: Trouble | undefined };

export type ToIndexer =
  | { readonly type: 'follow'; readonly id: number; readonly file: FollowedFile }
  | { readonly type: 'to'; readonly id: number; readonly said: ToFollowed }
  /** What all recordings of a folder may take together is to be kept. */
  | { readonly type: 'limit'; readonly total: TotalLimit }
  /** Nothing more comes, and nothing is followed. */
  | { readonly type: 'end' };

/**
 * `stuck`: the file cannot be written for now; it is tried again without end. `gone`: the file is not under its
 * name any more; what it can still be given waits for `finish`. Nothing more is told after these: `finished`, `lost`
 * (the file was removed), `failed` (it is followed no more, and what its journal has is still there).
 */
export type FromFollowed =
  | { readonly type: 'flushed'; readonly flush: number }
  | { readonly type: 'finished'; readonly messages: number; readonly incomplete: string | undefined }
  | { readonly type: 'removed'; readonly path: string }
  | { readonly type: 'not-removed'; readonly line: string }
  | { readonly type: 'stuck' | 'gone' | 'lost' | 'failed'; readonly reason: string };

/** `id`: 0 if it is of no recording, but of the folder: `removed`, `not-removed`. */
export interface FromIndexer {
  readonly id: number;
  readonly told: FromFollowed;
}
