/**
 * The rows of sessions: their beginning, what is learned of them, and running counts with a checksum of
 * each direction's bytes, by which `check` finds out whether the frames still give what passed.
 */
import { crc32 } from 'node:zlib';
import type { Direction } from '../../recording/message.js';
import type { SessionUpdate } from '../../recording/ports.js';
import type { SessionStart } from '../../recording/session.js';
import type { Connection, Statement } from '../disk/connect.js';

interface Counts {
  readonly id: number;
  messages: number;
  /** Bytes in rows, both directions. */
  bytes: number;
  notes: number;
  readonly c2s: Traffic;
  readonly s2c: Traffic;
}

/** What passed in one direction, in rows already or not. */
interface Traffic {
  bytes: number;
  crc: number;
}

/** What the rows need, to go on in another process. */
export interface SessionState {
  readonly last: number;
  readonly open: readonly Counts[];
}

export class SessionRows {
  readonly #sql: ReturnType<typeof prepare>;
  readonly #open: Map<number, Counts>;
  readonly #changed = new Set<Counts>();
  #last: number;

  constructor(db: Connection, state: SessionState | undefined) {
    this.#sql = prepare(db);
    this.#last = state?.last ?? 0;
    this.#open = new Map(structuredClone(state?.open ?? []).map((counts) => [counts.id, counts]));
  }

  /** The sessions that have no end yet. */
  get open(): readonly number[] {
    return [...this.#open.keys()];
  }

  begin(id: number, start: SessionStart): void {
    const { client, server } = start;
    this.#sql.insert.run(
      ...[id, start.label ?? null, start.dialect ?? null, Math.round(start.started)],
      ...[client.address, client.pid ?? null, client.uid ?? null, client.gid ?? null, client.program ?? null],
      ...[server.address, server.pid ?? null, server.uid ?? null, server.gid ?? null, server.program ?? null],
    );
    this.#last = Math.max(this.#last, id);
    const traffic = (): Traffic => ({ bytes: 0, crc: 0 });
    this.#open.set(id, { id, messages: 0, bytes: 0, notes: 0, c2s: traffic(), s2c: traffic() });
  }

  update(id: number, update: SessionUpdate): void {
    const { dialect, version, ended, end, endReason, note } = update;
    if (dialect !== undefined) this.#sql.dialect.run(dialect, id);
    if (version !== undefined) {
      const capabilities = JSON.stringify(version.capabilities);
      this.#sql.version.run(version.qemu ?? null, version.package ?? null, capabilities, id);
    }
    if (note !== undefined) this.#note(id, note);
    if (end === undefined) return;
    this.#sql.end.run(ended === undefined ? null : Math.round(ended), end, endReason ?? null, id);
    this.flush();
    this.#open.delete(id);
  }

  /** Counts what was put into rows. */
  count(id: number, messages: number, bytes: number): void {
    const counts = this.#open.get(id);
    if (counts === undefined) return;
    counts.messages += messages;
    counts.bytes += bytes;
    this.#changed.add(counts);
  }

  /** Counts what passed on the wire. */
  traffic(id: number, dir: Direction, bytes: Uint8Array): void {
    const counts = this.#open.get(id);
    if (counts === undefined) return;
    const traffic = counts[dir];
    traffic.bytes += bytes.length;
    traffic.crc = crc32(bytes, traffic.crc);
    this.#changed.add(counts);
  }

  /** Brings the counts into the rows. */
  flush(): void {
    for (const { id, messages, bytes, c2s, s2c } of this.#changed) {
      this.#sql.counts.run(messages, bytes, c2s.bytes, c2s.crc, s2c.bytes, s2c.crc, id);
    }
    this.#changed.clear();
  }

  /** What is needed to go on; only after a flush. */
  save(): SessionState {
    return { last: this.#last, open: structuredClone([...this.#open.values()]) };
  }

  #note(id: number, text: string): void {
    const counts = this.#open.get(id);
    if (counts === undefined) this.#sql.lateNote.run(id, text, id, text);
    else this.#sql.note.run(id, ++counts.notes, text);
  }
}

type Sql = 'insert' | 'dialect' | 'version' | 'end' | 'counts' | 'note' | 'lateNote';

function prepare(db: Connection): Record<Sql, Statement> {
  const statement = (sql: string): Statement => db.prepare(sql);
  return {
    insert: statement(
      `INSERT INTO session (id, label, dialect, started,
       client_address, client_pid, client_uid, client_gid, client_program,
       server_address, server_pid, server_uid, server_gid, server_program) VALUES (${Array(14).fill('?').join()})`,
    ),
    dialect: statement('UPDATE session SET dialect = ? WHERE id = ?'),
    version: statement('UPDATE session SET qemu = ?, package = ?, capabilities = ? WHERE id = ?'),
    end: statement('UPDATE session SET ended = ?, "end" = ?, end_reason = ? WHERE id = ?'),
    counts: statement(
      'UPDATE session SET messages = ?, bytes = ?, c2s_bytes = ?, c2s_crc = ?, s2c_bytes = ?, s2c_crc = ? WHERE id = ?',
    ),
    note: statement('INSERT OR REPLACE INTO note (session, n, text) VALUES (?, ?, ?)'),
    // Its number is in no state, so that done again it would come again.
    lateNote: statement(
      `INSERT INTO note (session, n, text) SELECT ?, 1 + coalesce(max(n), 0), ? FROM note WHERE session = ?
       HAVING coalesce(max(text = ?), 0) = 0`,
    ),
  };
}
