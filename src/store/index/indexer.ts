/**
 * Moves the journal into the tables: raw traffic through the tap into rows, a block to a commit. At the
 * end of each segment it stores, in the same commit, all it needs to go on from there, and then removes
 * the segment: so a crash at any moment leaves a state and the traffic after it, and doing that again
 * gives the same rows.
 */
import { rmSync } from 'node:fs';
import { Tap } from '../../proxy/tap.js';
import { checkBeside } from '../disk/sidecar-files.js';
import { readCheckpoint, saveCheckpoint } from './checkpoint.js';
import type { Loss } from '../../recording/ports.js';
import type { Connection } from '../disk/connect.js';
import { journalPath, journalSegments, syncLog } from '../disk/files.js';
import { migrate } from '../format/migrate.js';
import type { JournalRecord } from '../journal/journal-format.js';
import { decodeBegin, decodeEnd, decodeStart } from '../journal/journal-payload.js';
import type { JournalPlace } from '../journal/journal-writer.js';
import { JournalReader, newBlock } from '../journal/journal-reader.js';
import { newArena } from '../rows/frame-rows.js';
import { rollBack, SqliteWriter } from '../rows/writer.js';

/** Why a recording does not hold everything. */
export interface Trouble {
  readonly loss: Loss;
  /** For the user, as part of a sentence. */
  readonly reason: string;
}

/** Memory that indexers of one thread share, as only one works at a time. */
export interface IndexerMemory {
  readonly block: ReturnType<typeof newBlock>;
  readonly arena: Buffer;
}

export function newMemory(): IndexerMemory {
  return { block: newBlock(), arena: newArena() };
}

export class Indexer {
  readonly #db: Connection;
  readonly #path: string;
  readonly #writer: SqliteWriter;
  readonly #tap: Tap;
  readonly #journal: JournalReader;
  #damage: string | undefined;

  /**
   * Goes on where the last one stopped; makes the tables if there are none.
   * @throws the system's error if the journal cannot be opened, Error if it belongs to another recording
   */
  constructor(db: Connection, path: string, memory = newMemory()) {
    this.#db = db;
    this.#path = path;
    migrate(db, path);
    const checkpoint = readCheckpoint(db);
    const { state } = checkpoint;
    this.#journal = new JournalReader(path, checkpoint.segment, memory.block);
    try {
      db.transaction(() => {
        this.#claim();
        rollBack(db, state?.writer);
      }).immediate();
      // By now SQLite has its log open: before any traffic goes in there, whose it is.
      checkBeside(path);
      this.#removeSegmentsBefore(this.#journal.segment);
      this.#writer = new SqliteWriter(db, state?.writer, memory.arena);
      this.#tap = new Tap(this.#writer, state?.tap);
    } catch (error) {
      this.#journal.close();
      throw error;
    }
  }

  /** How many messages there are. */
  get count(): number {
    return this.#writer.count;
  }

  /** The segment that is being indexed. */
  get segment(): number {
    return this.#journal.segment;
  }

  /** Whether all is indexed that was written up to there. */
  hasReached({ segment, offset }: JournalPlace): boolean {
    const { place } = this.#journal;
    return place.segment > segment || (place.segment === segment && place.offset >= offset);
  }

  /** Indexes the next block and commits it; false if there was nothing new. */
  step(): boolean {
    const end = this.#journal.readBlock(this.#take);
    if (end === 'segment') {
      this.#writer.commit(() => {
        this.#saveCheckpoint();
      });
      this.#removeSegmentsBefore(this.#journal.segment);
    } else {
      this.#writer.commit();
    }
    return end !== 'end';
  }

  /**
   * Indexes what is left, ends the sessions that have no end, and marks the recording as finished.
   * @param trouble why it is known not to hold everything
   */
  finish(trouble: Trouble | undefined): void {
    while (this.step());
    this.#tap.cutOff();
    const found = this.#troubleInJournal() ?? trouble ?? this.#damageOfJournal();
    this.#writer.commit(() => {
      this.#db.exec('DELETE FROM checkpoint');
      this.#db
        .prepare(`UPDATE recording SET finished = ?, state = 'finished', loss = ?, incomplete = ?`)
        .run(Date.now() * 1000, found?.loss ?? null, found?.reason ?? null);
    });
    this.#journal.close();
  }

  close(): void {
    this.#journal.close();
  }

  readonly #take = (record: JournalRecord): void => {
    const { type, session, dir, t, fds, payload } = record;
    switch (type) {
      case 'begin':
        this.#with(decodeBegin(payload), ({ createdBy, series, created }) => {
          this.#db
            .prepare('UPDATE recording SET created_by = ?, series = ?, created = ?')
            .run(createdBy, series ?? null, created);
        });
        break;
      case 'open':
        this.#with(decodeStart(payload), (start) => {
          this.#tap.open(session, start, t);
        });
        break;
      case 'chunk':
        this.#writer.traffic(session, dir, payload);
        this.#tap.chunk(session, { dir, t, bytes: payload, fds });
        break;
      case 'inject':
        this.#tap.inject(session, t, payload);
        break;
      case 'note':
        this.#tap.note(session, t, new TextDecoder().decode(payload));
        break;
      case 'close':
        this.#with(decodeEnd(payload), ({ end, reason }) => {
          this.#tap.close(session, t, end, reason);
        });
    }
  };

  #troubleInJournal(): Trouble | undefined {
    const reason = this.#journal.header()?.trouble;
    return reason === undefined ? undefined : { loss: 'write-failed', reason };
  }

  #damageOfJournal(): Trouble | undefined {
    const reason = this.#journal.damage ?? this.#damage;
    return reason === undefined ? undefined : { loss: 'journal-damaged', reason };
  }

  #with<T>(payload: T | undefined, take: (payload: T) => void): void {
    if (payload === undefined) this.#damage = 'a record of its journal is damaged';
    else take(payload);
  }

  /** Makes sure that recording and journal belong together; a journal with a damaged header may belong to any. */
  #claim(): void {
    const uuid = this.#journal.header()?.recording;
    insertRow(this.#db);
    if (uuid === undefined) return;
    this.#db.prepare("UPDATE recording SET uuid = ? WHERE uuid = x''").run(uuid);
    const same = this.#db.prepare('SELECT 1 FROM recording WHERE uuid = ?').get(uuid);
    if (same === undefined) throw new Error('its journal belongs to another recording');
  }

  #saveCheckpoint(): void {
    const state = { tap: this.#tap.save(), writer: this.#writer.save() };
    saveCheckpoint(this.#db, this.#journal.segment, state);
  }

  /** What they hold is in the tables: first on the disk there, then gone here. */
  #removeSegmentsBefore(segment: number): void {
    const done = journalSegments(this.#path).filter((number) => number < segment);
    if (done.length > 0) syncLog(this.#path);
    for (const number of done) rmSync(journalPath(this.#path, number), { force: true });
  }
}

/** Of a recording that has only begun: what it is called and when it began is in its journal. */
export function insertRow(db: Connection): void {
  db.exec(
    `INSERT OR IGNORE INTO recording (id, uuid, created_by, created, state) VALUES (1, x'', '', 0, 'recording')`,
  );
}
