/**
 * Indexes a journal as it grows, a block at each turn, until it is to end. Ends with an error as soon as the file
 * cannot be written; the caller begins anew.
 */
import { statSync } from 'node:fs';
import type { Connection, Statement } from '../disk/connect.js';
import { beFrugal, beginDatabase, closeAsOneFile, openWriter } from '../disk/database.js';
import type { FileWatch } from './file-watch.js';
import { removeJournal, renewLog, syncLog } from '../disk/files.js';
import { migrate } from '../format/migrate.js';
import { readRecordingRow } from '../format/recording-row.js';
import { Indexer, type IndexerMemory, type Trouble } from '../index/indexer.js';
import { type FollowedFile, type FromFollowed, gauges } from './indexer-messages.js';
import type { KeptLock } from '../disk/kept-lock.js';
import type { JournalPlace } from '../journal/journal-writer.js';
import { contradict } from '../index/recover.js';
import { fileAt, type Gone } from '../disk/moved-file.js';

/** ms to wait for a lock that another process holds: others wait behind this. */
const filePatience = 100;
/** ms between checks that the files are still there. */
const lookInterval = 1_000;

/** What a follower has to do with. */
export interface FollowerTools {
  readonly watch: FileWatch;
  readonly lock: KeptLock;
  readonly memory: IndexerMemory;
  readonly tell: (told: FromFollowed) => void;
}

/** `more`: there is more to index. `again`: begin anew. `over`: its end has been told. */
export type Turn = 'more' | 'rest' | 'again' | 'over';

/** The same function for each, so that it is done once. */
function makeTables(db: Connection): void {
  migrate(db, 'a new recording');
}

export class Follower {
  readonly #data: FollowedFile;
  readonly #watch: FileWatch;
  readonly #lock: KeptLock;
  readonly #tell: (told: FromFollowed) => void;
  readonly #db: Connection;
  readonly #indexer: Indexer;
  /** SQLite's log. Without it readers miss the latest rows. */
  readonly #log: string;
  readonly #logFile: string | undefined;
  /** There is no log where SQLite cannot map files, as on some network disks. */
  readonly #hasLog: boolean;
  readonly #pages: Statement;
  readonly #kibibytes: number;
  #looked = performance.now();

  /** @throws the system's or SQLite's error if the file cannot be written now */
  constructor(data: FollowedFile, { watch, lock, memory, tell }: FollowerTools) {
    const { path, durable } = data;
    this.#data = data;
    this.#watch = watch;
    this.#lock = lock;
    this.#tell = tell;
    this.#log = `${path}-wal`;
    if (statSync(path).size === 0) beginDatabase(path, makeTables);
    this.#db = openWriter(path, durable, filePatience);
    try {
      if (data.frugal) beFrugal(this.#db);
      this.#indexer = new Indexer(this.#db, path, memory);
      contradict(this.#db);
      this.#pages = this.#db.prepare('PRAGMA page_count').pluck();
      this.#kibibytes = Number(this.#db.pragma('page_size', { simple: true })) / 1024;
    } catch (error) {
      this.#db.close();
      throw error;
    }
    this.#logFile = fileAt(this.#log);
    this.#hasLog = this.#db.pragma('journal_mode', { simple: true }) === 'wal';
  }

  /** When it looks whether its files are still there, in the milliseconds of `performance.now`. */
  get looksAt(): number {
    return this.#looked + lookInterval;
  }

  /** Whether all can be read that was written up to there. */
  hasReached(place: JournalPlace): boolean {
    return this.#indexer.hasReached(place);
  }

  /**
   * Indexes the next block, and commits it.
   * @throws the system's or SQLite's error if the file cannot be written now
   */
  step(): Turn {
    const more = this.#indexer.step();
    this.#measure();
    if (performance.now() <= this.looksAt) return more ? 'more' : 'rest';
    this.#looked = performance.now();
    const gone = this.#watch.look();
    if (gone?.removed === true) {
      this.#lose(gone);
      return 'over';
    }
    if (gone === undefined && this.#logIsGone()) {
      this.#writeLog();
      this.close();
      renewLog(this.#data.path);
      return 'again';
    }
    return more ? 'more' : 'rest';
  }

  /**
   * The same at the end: makes one finished file of it, once there is nothing more.
   * @throws the system's or SQLite's error if the file cannot be written now
   */
  end(trouble: Trouble | undefined): 'more' | 'over' {
    if (this.#indexer.step()) return 'more';
    this.#finish(trouble);
    return 'over';
  }

  close(): void {
    this.#indexer.close();
    try {
      // Readers would not find the log of a moved file.
      if (this.#db.open && this.#watch.look()?.removed === false) this.#writeLog();
    } finally {
      this.#db.close();
    }
  }

  #measure(): void {
    const { gauge } = this.#data;
    Atomics.store(gauge, gauges.size, Number(this.#pages.get()) * this.#kibibytes);
    Atomics.store(gauge, gauges.segment, this.#indexer.segment);
  }

  #finish(trouble: Trouble | undefined): void {
    const gone = this.#watch.look();
    if (gone?.removed === true) {
      this.#lose(gone);
      return;
    }
    this.#indexer.finish(gone === undefined ? trouble : { loss: 'file-moved', reason: gone.reason });
    const messages = this.#indexer.count;
    const incomplete = readRecordingRow(this.#db)?.incomplete;
    if (gone === undefined) {
      closeAsOneFile(this.#db);
      // Where readers keep the log in use, it is what has to be on the disk before the journal goes.
      syncLog(this.#data.path);
      removeJournal(this.#data.path);
    } else {
      // SQLite cannot make one file of a moved one, and leaves its log behind.
      this.#writeLog();
      this.#db.close();
      this.#watch.removeRest(gone);
    }
    this.#tell({ type: 'finished', messages, incomplete });
  }

  #lose(gone: Gone): void {
    this.close();
    this.#watch.lose(gone);
  }

  #logIsGone(): boolean {
    this.#lock.keep();
    const found = fileAt(this.#log);
    return this.#hasLog && (found === undefined || found !== this.#logFile);
  }

  #writeLog(): void {
    this.#db.pragma('wal_checkpoint(TRUNCATE)');
  }
}
