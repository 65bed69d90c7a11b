/**
 * Reads messages without their bytes, thousands at a time: for statistics over a whole recording, where
 * the full rows would take three times as long. Knows nothing of filters.
 */
import { type MessageKind, messageKinds } from '../recording/message.js';
import type { MessageOutline, MessageRange } from '../recording/ports.js';
import type { Connection, Statement } from './database.js';
import { DamagedRow, integer, optional, text } from './frame-decoder.js';
import { flags, noName } from './frame-flags.js';

/** Rows to a statement: a writer waits for none of them long. */
const pageSize = 5000;

/** A frame may have its beginning in a body and its end in parts. */
const size = `length(raw)
  + CASE WHEN body IS NULL THEN 0 ELSE (SELECT length(bytes) FROM body WHERE id = frame.body) END
  + CASE WHEN ifnull(flags, 0) & ${flags.parts} THEN (SELECT sum(length(bytes)) FROM part WHERE part.n = frame.n) ELSE 0 END`;
const columns = `n, session, seq, kind, t, name, pair, latency, ${size}`;

type OutlineRow = readonly unknown[];

export class Outlines {
  readonly #all: Statement;
  readonly #ofSession: Statement;
  readonly #name: Statement;
  readonly #names = new Map<number, string>();

  constructor(db: Connection) {
    const page = (where: string): string => `SELECT ${columns} FROM frame WHERE ${where} LIMIT ${pageSize}`;
    this.#all = db.prepare(page('n > ? ORDER BY n')).raw();
    this.#ofSession = db.prepare(page('session = ? AND seq > ? ORDER BY seq')).raw();
    this.#name = db.prepare('SELECT name FROM name WHERE id = ?').pluck();
  }

  /** The outlines of all messages or of a session's; undefined for any narrower range. */
  read(range: MessageRange, guard: <T>(read: () => T) => T): Iterable<MessageOutline> | undefined {
    const { session, where, after, before, order, limit } = range;
    if (where !== undefined && where.op !== 'all') return undefined;
    if (after !== undefined || before !== undefined || order === 'desc' || limit !== undefined)
      return undefined;
    return this.#read(session, guard);
  }

  *#read(session: number | undefined, guard: <T>(read: () => T) => T): Generator<MessageOutline> {
    let reached = 0;
    for (;;) {
      const from = reached;
      const { rows, outlines } = guard(() => this.#page(session, from));
      yield* outlines;
      const last = rows.at(-1);
      if (last === undefined || rows.length < pageSize) return;
      reached = integer(session === undefined ? last[0] : last[2]);
    }
  }

  #page(
    session: number | undefined,
    reached: number,
  ): { readonly rows: readonly OutlineRow[]; readonly outlines: readonly MessageOutline[] } {
    const found = session === undefined ? this.#all.all(reached) : this.#ofSession.all(session, reached);
    const rows = found as OutlineRow[];
    return { rows, outlines: rows.map((row) => this.#outline(row)) };
  }

  #outline([n, session, seq, kind, t, name, pair, latency, bytes]: OutlineRow): MessageOutline {
    const known: MessageKind | undefined = messageKinds[integer(kind)];
    if (known === undefined) throw new DamagedRow(`message ${integer(n)} is damaged`);
    const called = name === null || name === noName ? undefined : this.#nameOf(integer(name));
    const isResponse = known === 'success' || known === 'error';
    return {
      session: integer(session),
      seq: integer(seq),
      t: integer(t),
      kind: known,
      name: isResponse ? undefined : called,
      replyTo: isResponse ? optional(pair, integer) : undefined,
      command: isResponse ? called : undefined,
      latency: isResponse ? optional(latency, integer) : undefined,
      size: integer(bytes),
    };
  }

  #nameOf(id: number): string {
    let name = this.#names.get(id);
    if (name === undefined) this.#names.set(id, (name = text(this.#name.get(id))));
    return name;
  }
}
