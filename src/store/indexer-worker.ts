/**
 * The thread behind a recording: follows the journal, at lower priority than the thread that forwards.
 * Traffic comes through the journal alone; what the two threads say to each other are the messages below.
 */
import { readlinkSync, statSync } from 'node:fs';
import { constants, setPriority } from 'node:os';
import { dirname } from 'node:path';
import { parentPort, receiveMessageOnPort, workerData } from 'node:worker_threads';
import { beginDatabase, closeAsOneFile, openWriter, type Connection, type Statement } from './database.js';
import { isThere, reasonOf, removeJournal, removeLog, renewLog } from './files.js';
import { Indexer } from './indexer.js';
import { KeptLock } from './kept-lock.js';
import { migrate } from './migrate.js';
import { removeOldest } from './prune.js';
import type { Series } from './series.js';
import { fileAt, whereIs, type Gone, type HeldFile } from './whereabouts.js';

/** What the thread is started with. */
export interface IndexerData {
  readonly path: string;
  readonly durable: boolean;
  /** Counted up, with a wake-up, when a message was posted. */
  readonly bell: Int32Array;
  /** The recording's file, whatever its name is by now. */
  readonly file: HeldFile;
  /** Kept up to date for the other thread: KiB that the file has, and the segment that is being taken in. */
  readonly gauge: Int32Array;
  /** The recordings that this is one of. */
  readonly series: Series | undefined;
}

/** `flush`: tell when all that the journal held at this moment can be read. `prune`: of the series. */
export type ToIndexer =
  | { readonly type: 'prune' }
  | { readonly type: 'flush'; readonly id: number }
  | { readonly type: 'finish'; readonly trouble: string | undefined };

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

/** Seldom enough to leave the cores to the peers; a reader sees a message after this and the journal's interval. */
const pollInterval = 50;
/** How long others may keep the file locked before it counts as trouble. */
const filePatience = 1_000;
/** How long to wait before the file is tried again. */
const retryInterval = 500;
/** How often a file that cannot be written is tried before the user is told, or before the end. */
const attempts = 2;
/** A failure before that has nothing to do with this one. */
const longAgo = 10_000;
/** How often to look whether the files are still there. */
const lookInterval = 1_000;
/** Another reader may be asking for the lock at this very moment. */
const lockPatience = 5_000;

if (parentPort === null) throw new Error('this is a thread of a recorder');
const port = parentPort;
const { path, durable, bell, gauge, file, series } = workerData as IndexerData;

/** SQLite's log of what was written last; without it, readers would not see that. */
const log = `${path}-wal`;

class Follower {
  readonly #db: Connection;
  readonly #indexer: Indexer;
  readonly #log: string | undefined;
  /** There is no log where SQLite cannot map files, as on some network disks. */
  readonly #hasLog: boolean;
  readonly #pages: Statement;
  readonly #kibibytes: number;
  #looked = performance.now();

  /** @throws the system's or SQLite's error if the file cannot be written now */
  constructor() {
    if (statSync(path).size === 0) {
      beginDatabase(path, (db) => {
        migrate(db, path);
      });
    }
    this.#db = openWriter(path, durable, filePatience);
    try {
      this.#indexer = new Indexer(this.#db, path);
      this.#pages = this.#db.prepare('PRAGMA page_count').pluck();
      this.#kibibytes = Number(this.#db.pragma('page_size', { simple: true })) / 1024;
    } catch (error) {
      this.#db.close();
      throw error;
    }
    this.#log = fileAt(log);
    this.#hasLog = this.#db.pragma('journal_mode', { simple: true }) === 'wal';
  }

  /**
   * Runs until it is told to finish, or has lost the file. `again`: begin anew.
   * @throws the system's or SQLite's error if the file cannot be written now
   */
  follow(): 'over' | 'again' {
    for (;;) {
      const rung = Atomics.load(bell, 0);
      const said = heard();
      if (said?.type === 'finish') {
        this.#finish(said.trouble);
        return 'over';
      }
      const more = this.#indexer.step();
      this.#measure();
      // After the first step: only then does this recording itself say that it is one of the series.
      if (said?.type === 'prune') prune();
      if (said?.type === 'flush') {
        while (this.#indexer.step());
        this.#measure();
        tellFlushed();
      } else if (performance.now() - this.#looked > lookInterval) {
        this.#looked = performance.now();
        const gone = look();
        if (gone?.removed === true) return this.#lose(gone);
        if (gone === undefined && this.#logIsGone()) {
          this.#writeLog();
          this.close();
          renewLog(path);
          return 'again';
        }
      } else if (!more) {
        Atomics.wait(bell, 0, rung, pollInterval);
      }
    }
  }

  close(): void {
    this.#indexer.close();
    try {
      // Nobody would look for the log of a file that was moved.
      if (this.#db.open && whereIs(file, path)?.removed === false) this.#writeLog();
    } finally {
      this.#db.close();
    }
  }

  #measure(): void {
    Atomics.store(gauge, 0, Number(this.#pages.get()) * this.#kibibytes);
    Atomics.store(gauge, 1, this.#indexer.segment);
  }

  #finish(trouble: string | undefined): void {
    const gone = look();
    if (gone?.removed === true) {
      this.#lose(gone);
      return;
    }
    this.#indexer.finish(gone?.reason ?? trouble);
    const messages = this.#indexer.count;
    const incomplete = this.#db.prepare('SELECT incomplete FROM recording').pluck().get() as string | null;
    if (gone === undefined) {
      closeAsOneFile(this.#db);
      removeJournal(path);
    } else {
      // SQLite makes no one file of what was moved, and leaves its log behind.
      this.#writeLog();
      this.#db.close();
      removeRest(gone);
    }
    tell({ type: 'finished', messages, incomplete: incomplete ?? undefined });
  }

  #lose(gone: Gone): 'over' {
    this.close();
    return lose(gone);
  }

  #logIsGone(): boolean {
    lock?.keep();
    const found = fileAt(log);
    return this.#hasLog && (found === undefined || found !== this.#log);
  }

  #writeLog(): void {
    this.#db.pragma('wal_checkpoint(TRUNCATE)');
  }
}

let lock: KeptLock | undefined;
let movedTold = false;
/** The end, once it was asked for. */
let ending: ToIndexer | undefined;
/** A flush that was asked for and is not answered yet. */
let flushing: number | undefined;

function heard(): ToIndexer | undefined {
  if (ending !== undefined) return ending;
  const said = receiveMessageOnPort(port)?.message as ToIndexer | undefined;
  if (said?.type === 'finish') ending = said;
  if (said?.type === 'flush') flushing = said.id;
  return said;
}

function tellFlushed(): void {
  if (flushing !== undefined) tell({ type: 'flushed', id: flushing });
  flushing = undefined;
}

function prune(): void {
  if (series === undefined) return;
  for (const one of removeOldest(series)) {
    tell(
      one.trouble === undefined
        ? { type: 'removed', path: one.path }
        : { type: 'not-removed', line: one.trouble },
    );
  }
}

function tell(message: FromIndexer): void {
  port.postMessage(message);
}

/**
 * Follows, and begins anew when the file could not be written: locked by another program, on a disk that is
 * full, without a descriptor to spare. Nothing is lost by waiting, since the journal has it.
 * @throws the system's or SQLite's error that stood in the way of the end
 */
function followOn(): void {
  let failures = 0;
  let failed = 0;
  for (let left = attempts; ;) {
    try {
      if (followOnce() === 'over') return;
    } catch (error) {
      if (ending !== undefined && --left === 0) throw error;
      const now = performance.now();
      failures = now - failed > longAgo ? 1 : failures + 1;
      failed = now;
      if (failures === attempts) tell({ type: 'stuck', reason: reasonOf(error) });
      rest();
    }
  }
}

function followOnce(): 'over' | 'again' {
  const gone = look();
  if (gone?.removed === true) return lose(gone);
  const follower = new Follower();
  try {
    return follower.follow();
  } catch (error) {
    follower.close();
    throw error;
  }
}

/** Looks where the file is; that it was moved is told once. */
function look(): Gone | undefined {
  const gone = whereIs(file, path);
  if (gone?.removed === false && !movedTold) tell({ type: 'gone', reason: gone.reason });
  movedTold ||= gone?.removed === false;
  return gone;
}

/** Until the next attempt; whoever waits for a flush waits no longer than this. */
function rest(): void {
  const end = performance.now() + retryInterval;
  tellFlushed();
  while (ending === undefined && performance.now() < end) {
    const rung = Atomics.load(bell, 0);
    const said = heard();
    tellFlushed();
    if (said === undefined) Atomics.wait(bell, 0, rung, end - performance.now());
  }
}

/** What is left of a recording that the user has removed has no more value than that. */
function lose(gone: Gone): 'over' {
  removeRest(gone);
  tell({ type: 'lost', reason: gone.reason });
  return 'over';
}

/** Removes what lay beside the file; it went along with its folder, if that was moved. */
function removeRest(gone: Gone): void {
  const beside = isThere(dirname(path)) ? path : gone.path;
  if (beside === undefined) return;
  if (beside !== path || !isThere(path)) removeLog(beside);
  removeJournal(beside);
}

/** The peers and the forwarding thread come first: at equal priority this one shows in their tail latency. */
function stepBack(): void {
  try {
    const thread = Number(readlinkSync('/proc/thread-self').split('/').at(-1));
    setPriority(thread, constants.priority.PRIORITY_BELOW_NORMAL);
  } catch {
    // Elsewhere than on Linux threads have no priority of their own.
  }
}

stepBack();
const gone = look();
if (gone?.removed === true) {
  lose(gone);
} else {
  try {
    lock = KeptLock.take(path, lockPatience);
    if (lock === undefined) throw new Error('another qmptap writes this recording');
    followOn();
  } catch (error) {
    throw new Error(reasonOf(error), { cause: error });
  } finally {
    lock?.release();
  }
}
