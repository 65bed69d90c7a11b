/**
 * Indexes a journal as it grows, until told to finish. Ends with an error as soon as the file
 * cannot be written; the caller begins anew.
 */
import { statSync } from 'node:fs';
import type { Connection, Statement } from '../disk/connect.js';
import { beginDatabase, closeAsOneFile, openWriter } from '../disk/database.js';
import type { FileWatch } from './file-watch.js';
import { removeJournal, renewLog, syncLog } from '../disk/files.js';
import { migrate } from '../format/migrate.js';
import { readRecordingRow } from '../format/recording-row.js';
import { Indexer, type Trouble } from './indexer.js';
import type { IndexerData } from './indexer-messages.js';
import type { IndexerPost } from './indexer-post.js';
import type { KeptLock } from '../disk/kept-lock.js';
import { removeOldest } from './prune.js';
import { contradict } from './recover.js';
import { fileAt, type Gone } from '../disk/moved-file.js';

/** ms. A reader sees a message after this and the journal's interval. Shorter would take CPU from the peers. */
const pollInterval = 50;
/** ms to wait for a lock that another process holds before that is reported. */
const filePatience = 1_000;
/** ms between checks that the files are still there. */
const lookInterval = 1_000;

export class Follower {
  readonly #data: IndexerData;
  readonly #post: IndexerPost;
  readonly #watch: FileWatch;
  readonly #lock: KeptLock;
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
  constructor(data: IndexerData, post: IndexerPost, watch: FileWatch, lock: KeptLock) {
    const { path, durable } = data;
    this.#data = data;
    this.#post = post;
    this.#watch = watch;
    this.#lock = lock;
    this.#log = `${path}-wal`;
    if (statSync(path).size === 0) {
      beginDatabase(path, (db) => {
        migrate(db, path);
      });
    }
    this.#db = openWriter(path, durable, filePatience);
    try {
      this.#indexer = new Indexer(this.#db, path);
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

  /**
   * Runs until it is told to finish, or has lost the file. `again`: begin anew.
   * @throws the system's or SQLite's error if the file cannot be written now
   */
  follow(): 'over' | 'again' {
    for (;;) {
      const { count } = this.#post;
      const said = this.#post.hear();
      if (said?.type === 'finish') {
        this.#finish(said.trouble);
        return 'over';
      }
      const more = this.#indexer.step();
      this.#measure();
      // After the first step: only then does this recording itself say that it is one of the series.
      if (said?.type === 'prune') this.#prune();
      if (said?.type === 'flush') {
        while (this.#indexer.step());
        this.#measure();
        this.#post.tellFlushed();
      } else if (performance.now() - this.#looked > lookInterval) {
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
      } else if (!more) {
        this.#post.wait(count, pollInterval);
      }
    }
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
    Atomics.store(gauge, 0, Number(this.#pages.get()) * this.#kibibytes);
    Atomics.store(gauge, 1, this.#indexer.segment);
  }

  #prune(): void {
    const { series } = this.#data;
    if (series === undefined) return;
    for (const { path, trouble } of removeOldest(series)) {
      this.#post.tell(
        trouble === undefined ? { type: 'removed', path } : { type: 'not-removed', line: trouble },
      );
    }
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
    this.#post.tell({ type: 'finished', messages, incomplete });
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
