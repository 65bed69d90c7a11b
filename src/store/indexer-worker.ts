/**
 * The thread behind a recording: follows the journal, at lower priority than the thread that forwards.
 * Traffic comes through the journal alone; what the two threads say to each other are the messages below.
 */
import { readlinkSync, statSync } from 'node:fs';
import { constants, setPriority } from 'node:os';
import { parentPort, receiveMessageOnPort, workerData } from 'node:worker_threads';
import { beginDatabase, closeAsOneFile, openWriter, type Connection } from './database.js';
import { lockPath, reasonOf, removeJournal } from './files.js';
import { Indexer } from './indexer.js';
import { Lock } from './lock.js';
import { migrate } from './migrate.js';

/** What the thread is started with. */
export interface IndexerData {
  readonly path: string;
  readonly durable: boolean;
  /** Counted up, with a wake-up, when a message was posted. */
  readonly bell: Int32Array;
}

/** `flush`: tell when all that the journal held at this moment can be read. */
export type ToIndexer =
  | { readonly type: 'flush'; readonly id: number }
  | { readonly type: 'finish'; readonly trouble: string | undefined };

/** `lost`: the file is gone, and recording makes no sense any more. */
export type FromIndexer =
  | { readonly type: 'flushed'; readonly id: number }
  | { readonly type: 'finished'; readonly messages: number; readonly incomplete: string | undefined }
  | { readonly type: 'lost'; readonly reason: string };

/** Seldom enough to leave the cores to the peers; a reader sees a message after this and the journal's interval. */
const pollInterval = 50;
/** Polls between looks whether the file is still there. */
const pollsBetweenLooks = 20;
/** Another reader may be asking for the lock at this very moment. */
const lockPatience = 5_000;

if (parentPort === null) throw new Error('this is a thread of a recorder');
const port = parentPort;
const { path, durable, bell } = workerData as IndexerData;

class Follower {
  readonly #db: Connection;
  readonly #indexer: Indexer;
  readonly #file: number;

  constructor() {
    const { ino, size } = statSync(path);
    this.#file = ino;
    if (size === 0) {
      beginDatabase(path, (db) => {
        migrate(db, path);
      });
    }
    this.#db = openWriter(path, durable);
    this.#indexer = new Indexer(this.#db, path);
  }

  /** Runs until it is told to finish, or has lost the file. */
  follow(): void {
    for (let polls = 0; ;) {
      const rung = Atomics.load(bell, 0);
      const said = receiveMessageOnPort(port)?.message as ToIndexer | undefined;
      if (said?.type === 'finish') {
        this.#finish(said.trouble);
        return;
      }
      const more = this.#indexer.step();
      if (said?.type === 'flush') {
        while (this.#indexer.step());
        tell({ type: 'flushed', id: said.id });
      } else if (!more) {
        if (polls++ % pollsBetweenLooks === 0 && !this.#isThere()) {
          this.#lose();
          return;
        }
        Atomics.wait(bell, 0, rung, pollInterval);
      }
    }
  }

  #finish(trouble: string | undefined): void {
    if (!this.#isThere()) {
      this.#lose();
      return;
    }
    this.#indexer.finish(trouble);
    const messages = this.#indexer.count;
    const incomplete = this.#db.prepare('SELECT incomplete FROM recording').pluck().get() as string | null;
    closeAsOneFile(this.#db);
    removeJournal(path);
    tell({ type: 'finished', messages, incomplete: incomplete ?? undefined });
  }

  #isThere(): boolean {
    return statSync(path, { throwIfNoEntry: false })?.ino === this.#file;
  }

  #lose(): void {
    this.#db.close();
    this.#indexer.close();
    tell({ type: 'lost', reason: 'the file was removed while it was recorded' });
  }
}

function tell(message: FromIndexer): void {
  port.postMessage(message);
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
const lock = Lock.take(lockPath(path), lockPatience);
if (lock === undefined) throw new Error('another qmptap writes this recording');
try {
  new Follower().follow();
} catch (error) {
  throw new Error(reasonOf(error), { cause: error });
} finally {
  lock.release();
}
