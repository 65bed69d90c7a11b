/** Recordings of messages that are understood already: through the store's writer, without a journal before it. */
import type { Direction } from '../../src/recording/message.js';
import type { NewMessage, RecordingWriter, SessionUpdate } from '../../src/recording/ports.js';
import type { SessionStart } from '../../src/recording/session.js';
import type { Connection } from '../../src/store/disk/database.js';
import { openSqlite } from '../../src/store/disk/sqlite.js';
import { migrate } from '../../src/store/format/migrate.js';
import { SqliteWriter } from '../../src/store/rows/writer.js';

export class MessageFile implements RecordingWriter, Disposable {
  readonly #db: Connection;
  readonly #writer: SqliteWriter;
  /** The direction of each message, by session and `seq`: `append` does not say it. */
  readonly #directions = new Map<string, Direction>();

  constructor(path: string) {
    this.#db = openSqlite(path);
    this.#db.pragma('page_size = 8192');
    this.#db.pragma('journal_mode = OFF');
    this.#db.pragma('synchronous = OFF');
    migrate(this.#db, path);
    this.#db.exec(
      "INSERT INTO recording (id, uuid, created_by, created, state) VALUES (1, x'01', 'test', 0, 'recording')",
    );
    this.#writer = new SqliteWriter(this.#db);
  }

  openSession(id: number, start: SessionStart): void {
    this.#writer.openSession(id, start);
  }

  add(message: NewMessage): void {
    const { session, seq, dir, injected, raw } = message;
    this.#writer.add(message);
    if (dir === 's2c' || !injected) this.#writer.traffic(session, dir, raw);
    this.#directions.set(`${session} ${seq}`, dir);
  }

  append(session: number, seq: number, bytes: Uint8Array): void {
    this.#writer.append(session, seq, bytes);
    this.#writer.traffic(session, this.#directions.get(`${session} ${seq}`) ?? 's2c', bytes);
  }

  updateSession(id: number, update: SessionUpdate): void {
    this.#writer.updateSession(id, update);
  }

  /** Ends it; gives how many messages are in it. */
  finish(): number {
    this.#writer.commit(() => {
      this.#db.exec("UPDATE recording SET finished = created, state = 'finished'");
    });
    this.#db.close();
    return this.#writer.count;
  }

  [Symbol.dispose](): void {
    this.#db.close();
  }
}
