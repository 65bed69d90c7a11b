/**
 * Makes a recording of a running proxy's traffic. This thread writes the journal; another one moves it into the
 * tables (`indexer-thread.ts`). No failure of either disturbs the traffic.
 */
import { randomBytes } from 'node:crypto';
import { dirname, resolve } from 'node:path';
import type { Chunk, TrafficSink } from '../../recording/ports.js';
import type { SessionEnd, SessionStart } from '../../recording/session.js';
import { createEmptyFile, createFolder, isTaken, lockPath, removeRecording } from '../disk/files.js';
import type { Trouble } from './indexer.js';
import type { IndexedRecording, IndexerEvents, Outcome } from '../follow/indexed-recording.js';
import { IndexerThread } from '../follow/indexer-thread.js';
import type { RecordingFollower } from '../follow/indexer-threads.js';
import { recordingIdLength, type RecordType } from '../journal/journal-format.js';
import { encodePayload } from '../journal/journal-payload.js';
import { JournalWriter, segmentSize } from '../journal/journal-writer.js';
import { cannotWrite, checkName, inTheWay } from '../disk/output-failure.js';
import type { Series } from '../disk/series.js';

/** Of one among many: the journals of hundreds that say little are not to fill the disk. */
const sharedSegmentSize = 4 << 20;

export interface RecordOptions {
  /** `qmptap 0.1.0`. */
  readonly createdBy: string;
  /** Replaces a recording of this name. */
  readonly force?: boolean | undefined;
  /** Traffic is on the disk before the sink's call returns. */
  readonly durable?: boolean | undefined;
  /**
   * Told in one line that the recording stopped, and once that something else went wrong before, from
   * which it may still recover.
   */
  readonly onTrouble: (line: string) => void;
  /** The number of its first session, where it goes on from another recording; 1 without it. */
  readonly firstSession?: number | undefined;
  /** The recordings that it is one of, of which `prune` may remove some. */
  readonly series?: Series | undefined;
  /** Told that an older recording of the series has been removed. */
  readonly onRemoved?: ((path: string) => void) | undefined;
  /** What indexes many; without it the recording has a thread of its own. */
  readonly indexer?: RecordingFollower | undefined;
  /** How long a segment of the journal is, for tests. */
  readonly segmentSize?: number | undefined;
}

/** The result of a recording. */
export interface Finished {
  /** Undefined if that is not known: the journal could not be indexed yet. */
  readonly messages: number | undefined;
  /** Why it does not hold everything. */
  readonly incomplete: string | undefined;
}

/**
 * Begins a recording in a file that is new.
 * @throws OutputError if it cannot be written or exists already
 */
export async function createRecording(path: string, options: RecordOptions): Promise<Recorder> {
  checkName(path);
  const file = resolve(path);
  if (isTaken(file)) {
    if (options.force !== true) throw inTheWay(path);
    // Loaded only now: the forwarding thread need not load SQLite.
    const { removeReplaced } = await import('./replaced.js');
    removeReplaced(path);
  }
  return beginRecording(path, options);
}

/**
 * The same at once, and it never replaces anything.
 * @throws OutputError if it cannot be written or exists already
 */
export function beginRecording(path: string, options: Omit<RecordOptions, 'force'>): Recorder {
  checkName(path);
  const file = resolve(path);
  if (isTaken(file)) throw inTheWay(path);
  try {
    createFolder(dirname(file));
    createEmptyFile(file);
  } catch (error) {
    throw cannotWrite(path, error);
  }
  try {
    createEmptyFile(lockPath(file));
    return new Recorder(path, file, options);
  } catch (error) {
    removeRecording(file);
    throw cannotWrite(path, error);
  }
}

export class Recorder implements TrafficSink, AsyncDisposable {
  readonly path: string;
  readonly #journal: JournalWriter;
  readonly #indexed: IndexedRecording;
  readonly #events: IndexerEvents;
  readonly #onTrouble: (line: string) => void;
  readonly #segmentSize: number;
  #sessions: number;
  #stopped: Trouble | undefined;
  #finished: Promise<Finished> | undefined;

  /** Use {@link createRecording}. `file`: the path as the system is given it. */
  constructor(path: string, file: string, options: RecordOptions) {
    this.path = path;
    this.#onTrouble = options.onTrouble;
    this.#sessions = (options.firstSession ?? 1) - 1;
    const { createdBy, series, indexer } = options;
    this.#segmentSize = options.segmentSize ?? (indexer?.isShared === true ? sharedSegmentSize : segmentSize);
    const durable = options.durable ?? false;
    let indexed: IndexedRecording | undefined = undefined as IndexedRecording | undefined;
    this.#journal = new JournalWriter(file, {
      recording: randomBytes(recordingIdLength),
      durable,
      segmentSize: this.#segmentSize,
      onFailure: (reason) => {
        this.#stop({ loss: 'write-failed', reason });
      },
      onWritten: () => {
        indexed?.wrote();
      },
    });
    const begin = { createdBy, series: series?.name, created: Date.now() * 1000 };
    this.#append('begin', 0, 0, encodePayload(begin));
    this.#journal.write();
    this.#events = this.#hear(options);
    try {
      indexed = (indexer ?? this.#ownThread()).follow({ path: file, durable, series }, this.#events);
    } catch (error) {
      this.#journal.close();
      throw error;
    }
    this.#indexed = indexed;
  }

  /** Bytes on the disk, as of a moment ago: the file, and the journal's segments that are not indexed yet. */
  get size(): number {
    const { size, segment } = this.#indexed;
    return size + (this.#journal.segment - segment) * this.#segmentSize;
  }

  /** Why recording has stopped. */
  get stopped(): string | undefined {
    return this.#stopped?.reason;
  }

  /** Removes the oldest of its series that are too many; later, and in the background. */
  prune(): void {
    this.#indexed.prune();
  }

  open(start: SessionStart, t: number): number {
    const session = ++this.#sessions;
    this.#append('open', session, t, encodePayload(start));
    // If this process is killed at once, the file still says that the session was there.
    this.#journal.write();
    return session;
  }

  chunk(session: number, { dir, t, bytes, fds }: Chunk): void {
    this.#journal.append({ type: 'chunk', session, dir, t, payload: bytes, fds });
  }

  inject(session: number, t: number, bytes: Uint8Array): void {
    this.#append('inject', session, t, bytes);
  }

  note(session: number, t: number, text: string): void {
    this.#append('note', session, t, new TextEncoder().encode(text));
    this.#journal.write();
  }

  close(session: number, t: number, end: SessionEnd, reason: string | undefined): void {
    this.#append('close', session, t, encodePayload({ end, reason }));
  }

  /** Waits until all traffic so far can be read from the file, or never will be. */
  async flush(): Promise<void> {
    this.#journal.write();
    await this.#indexed.flush(this.#journal.place);
  }

  /** Ends the recording: all traffic is in the file, and nothing lies beside it any more. */
  finish(): Promise<Finished> {
    return (this.#finished ??= this.#finish());
  }

  /** For tests: waits until this thread holds the lock of a thread that died. */
  async held(): Promise<void> {
    await this.#indexed.held();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.finish();
  }

  async #finish(): Promise<Finished> {
    this.#journal.close();
    const result = await this.#finishIndexing();
    this.#indexed.release();
    return { messages: result.messages, incomplete: this.#stopped?.reason ?? result.incomplete };
  }

  /** One that was set aside has another thread for its end, where it does no harm to others. */
  async #finishIndexing(): Promise<Outcome> {
    const aside = await this.#indexed.aside();
    if (aside === undefined) return this.#indexed.finish(this.#stopped);
    try {
      return await this.#ownThread().follow(this.#indexed.followed, this.#events).finish(this.#stopped);
    } catch {
      return this.#indexed.finish(this.#stopped);
    }
  }

  #ownThread(): IndexerThread {
    return new IndexerThread({
      onTrouble: (line) => {
        this.#onTrouble(`${this.path}: ${line}`);
      },
    });
  }

  /** Turns the thread's events into lines for the user. */
  #hear({ onTrouble, onRemoved }: Omit<RecordOptions, 'force'>): IndexerEvents {
    const { path } = this;
    return {
      removed: (removed) => onRemoved?.(removed),
      notRemoved: (line) => {
        onTrouble(line);
      },
      died: (reason) => {
        if (this.#stopped !== undefined) return;
        onTrouble(
          `${path}: indexing stopped: ${reason}; traffic is still kept, and recovered when it is next opened`,
        );
      },
      stuck: (reason) => {
        if (this.#stopped !== undefined) return;
        onTrouble(`${path}: indexing waits: ${reason}; traffic is still kept, and indexed when that is over`);
      },
      gone: (reason) => {
        this.#stop({ loss: 'file-moved', reason });
        void this.finish();
      },
      lost: (reason) => {
        this.#stop({ loss: 'file-moved', reason });
        this.#journal.fail(reason);
      },
    };
  }

  #append(type: RecordType, session: number, t: number, payload: Uint8Array): void {
    this.#journal.append({ type, session, dir: 'c2s', t, payload, fds: 0 });
  }

  #stop(trouble: Trouble): void {
    if (this.#stopped !== undefined) return;
    this.#stopped = trouble;
    this.#onTrouble(`${this.path}: recording stopped: ${trouble.reason}; the traffic goes on unrecorded`);
  }
}
