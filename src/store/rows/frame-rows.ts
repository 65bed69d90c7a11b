/**
 * The rows of messages: gathered in memory, numbered as they come, inserted many at a time. An answer
 * is noted at its command too, and bytes that belong to a row already inserted become parts of it.
 */
import { messageKinds, type Direction } from '../../recording/message.js';
import type { NewMessage } from '../../recording/ports.js';
import { Bodies, bodyLength, largeFrame } from './bodies.js';
import type { Connection, Statement } from '../disk/connect.js';
import { flags, flagsOf, numberOfNone, slow } from './frame-flags.js';
import { Names } from './names.js';
import { RowInserts } from './row-inserts.js';

/** The last frame of a stream of bytes: it may still grow. */
interface Tail {
  readonly stream: number;
  readonly n: number;
  readonly seq: number;
  /** How many parts it has beside its row. */
  parts: number;
}

/** What the rows need, to go on in another process. */
export interface FrameRowsState {
  /** The last message's place in the recording. */
  readonly last: number;
  readonly tails: readonly Tail[];
}

/** A row that is not inserted yet; its bytes lie in the arena. */
interface Row {
  readonly n: number;
  readonly message: NewMessage;
  readonly body: number | null;
  start: number;
  end: number;
  /** The `seq` of the other half of the exchange. */
  pair: number | undefined;
  latency: number | undefined;
}

/** What an event has, what a command or response has that is not rare in some way, and what any message may have. */
const eventColumns = ['n', 'session', 'seq', 'dir', 'kind', 't', 'name', 'raw'];
const usualColumns = ['n', 'session', 'seq', 'dir', 'kind', 't', 'name', 'id', 'pair', 'latency', 'raw'];
const allColumns = [
  ...['n', 'session', 'seq', 'dir', 'kind', 't', 'name', 'id', 'pair', 'latency'],
  ...['late_session', 'late_seq', 'flags', 'fds', 'problem', 'body', 'raw'],
];

const arenaSize = 1 << 20;
/** Most commands are answered within this many messages. Objects that live longer are copied by the garbage collector, which costs time. */
const maxRows = 256;
const event = messageKinds.indexOf('event');

/** Room for the bytes of rows that are gathered. Several may share it, if each has flushed before the next one adds. */
export function newArena(): Buffer {
  return Buffer.alloc(arenaSize);
}

export class FrameRows {
  readonly #sql: ReturnType<typeof prepare>;
  readonly #events: RowInserts;
  readonly #usual: RowInserts;
  readonly #others: RowInserts;
  /** The one that was added to last: rows go in by their numbers, so it is flushed before another one is used. */
  #inserts: RowInserts;
  readonly #names: Names;
  readonly #bodies: Bodies;
  readonly #arena: Buffer;
  #used = 0;
  #rows: Row[] = [];
  /** The client's messages among the rows, by session and `seq`: most answers come before they are inserted. */
  readonly #commands = new Map<number, Row>();
  #last: number;
  readonly #tails = new Map<number, Tail>();
  /** Bytes for rows that are inserted, gathered until the next flush. */
  readonly #waiting = new Map<Tail, Buffer[]>();

  constructor(db: Connection, state: FrameRowsState | undefined, arena = newArena()) {
    this.#arena = arena;
    this.#sql = prepare(db);
    this.#events = new RowInserts(db, 'frame', eventColumns);
    this.#usual = new RowInserts(db, 'frame', usualColumns);
    this.#others = new RowInserts(db, 'frame', allColumns);
    this.#inserts = this.#others;
    this.#names = new Names(db);
    this.#bodies = new Bodies(db);
    this.#last = state?.last ?? 0;
    for (const tail of state?.tails ?? []) this.#tails.set(tail.stream, { ...tail });
  }

  /** How many messages there are. */
  get count(): number {
    return this.#last;
  }

  add(message: NewMessage): void {
    const { session, seq, raw } = message;
    const cut = raw.length >= largeFrame ? bodyLength(raw) : 0;
    const rest = raw.length - cut;
    if (this.#rows.length >= maxRows || this.#used + rest > arenaSize) this.flush();
    const start = this.#used;
    this.#arena.set(cut === 0 ? raw : raw.subarray(cut), start);
    this.#used += rest;
    const row: Row = {
      n: ++this.#last,
      message,
      body: cut === 0 ? null : this.#bodies.number(raw.subarray(0, cut)),
      start,
      end: this.#used,
      pair: message.replyTo,
      latency: message.latency,
    };
    this.#rows.push(row);
    const stream = streamOf(session, message.dir, message.injected);
    this.#tails.set(stream, { stream, n: row.n, seq, parts: 0 });
    if (message.dir === 'c2s') this.#commands.set(placeOf(session, seq), row);
    else if (message.replyTo !== undefined) this.#answer(message.replyTo, message);
  }

  /** Bytes that belong to a frame given before: of the last ones of its session's streams. */
  append(session: number, seq: number, bytes: Uint8Array): void {
    const tail = this.#tailOf(session, seq);
    if (tail === undefined) return;
    const row = this.#rows.at(tail.n - this.#last - 1);
    if (row?.n !== tail.n || !this.#extend(row, bytes)) {
      const waiting = this.#waiting.get(tail);
      if (waiting === undefined) this.#waiting.set(tail, [Buffer.from(bytes)]);
      else waiting.push(Buffer.from(bytes));
    }
  }

  /** Forgets what could still be appended to: the session is over. */
  endSession(session: number): void {
    for (let stream = 0; stream < streams; stream++) this.#tails.delete(session * streams + stream);
  }

  /** Inserts what was gathered. */
  flush(): void {
    for (const row of this.#rows) this.#insert(row);
    this.#inserts.flush();
    this.#rows = [];
    this.#commands.clear();
    this.#used = 0;
    for (const [tail, parts] of this.#waiting) {
      this.#sql.part.run(tail.n, tail.parts++, Buffer.concat(parts));
      this.#sql.hasParts.run(tail.n);
    }
    this.#waiting.clear();
  }

  /** What is needed to go on; only after a flush. */
  save(): FrameRowsState {
    return { last: this.#last, tails: [...this.#tails.values()].map((tail) => ({ ...tail })) };
  }

  #tailOf(session: number, seq: number): Tail | undefined {
    for (let stream = 0; stream < streams; stream++) {
      const tail = this.#tails.get(session * streams + stream);
      if (tail?.seq === seq) return tail;
    }
    return undefined;
  }

  /** Adds to a row in the arena; false if there is no room. */
  #extend(row: Row, bytes: Uint8Array): boolean {
    const length = row.end - row.start;
    const needed = bytes.length + (row.end === this.#used ? 0 : length);
    if (this.#used + needed > arenaSize) return false;
    if (row.end !== this.#used) {
      this.#arena.copyWithin(this.#used, row.start, row.end);
      row.start = this.#used;
      this.#used += length;
    }
    this.#arena.set(bytes, this.#used);
    this.#used += bytes.length;
    row.end = this.#used;
    return true;
  }

  /** Notes at a command, or at what was meant as one, that this message answers it. */
  #answer(seq: number, response: NewMessage): void {
    const row = this.#commands.get(placeOf(response.session, seq));
    if (row === undefined) {
      const isSlow = response.latency !== undefined && response.latency >= slow ? flags.slow : 0;
      this.#sql.answer.run(rounded(response.latency), response.seq, isSlow, response.session, seq);
      return;
    }
    row.pair = response.seq;
    if (row.message.kind === 'command') row.latency = response.latency;
  }

  #insert(row: Row): void {
    const { message } = row;
    const { session, seq, name, command } = message;
    const kind = messageKinds.indexOf(message.kind);
    const known = kind === event ? name : (command ?? name);
    const number =
      known === undefined ? numberOfNone(message.kind) : this.#names.number(known, kind === event);
    const raw = this.#arena.subarray(row.start, row.end);
    const dir = message.dir === 'c2s' ? 0 : 1;
    const bits = flagsOf(message, row.pair, row.latency);
    const t = Math.round(message.t);
    const { late } = message;
    const id = message.id ?? null;
    // Binding what a message lacks was measured to cost an event a quarter of its time.
    const isUsual = bits === null && row.body === null && late === undefined;
    if (isUsual && kind === event && id === null) {
      this.#into(this.#events).add(row.n, session, seq, dir, kind, t, number, raw);
      return;
    }
    const pair = row.pair ?? null;
    const latency = rounded(row.latency);
    if (isUsual) {
      this.#into(this.#usual).add(row.n, session, seq, dir, kind, t, number, id, pair, latency, raw);
      return;
    }
    const fds = message.fds === 0 ? null : message.fds;
    this.#into(this.#others).add(
      row.n,
      session,
      seq,
      dir,
      kind,
      t,
      number,
      id,
      pair,
      latency,
      late?.session ?? null,
      late?.seq ?? null,
      bits,
      fds,
      message.problem ?? null,
      row.body,
      raw,
    );
  }

  #into(inserts: RowInserts): RowInserts {
    if (inserts !== this.#inserts) this.#inserts.flush();
    this.#inserts = inserts;
    return inserts;
  }
}

/** One number for a message's place: a session has fewer messages than this, and there are fewer sessions than fit. */
function placeOf(session: number, seq: number): number {
  return session * 2 ** 32 + seq;
}

/** Streams of bytes in a session: two directions, and what was injected into each. */
const streams = 4;

function streamOf(session: number, dir: Direction, injected: boolean): number {
  return session * streams + (dir === 'c2s' ? 0 : 1) + (injected ? 2 : 0);
}

function rounded(time: number | undefined): number | null {
  return time === undefined ? null : Math.round(time);
}

function prepare(db: Connection): Record<'part' | 'hasParts' | 'answer', Statement> {
  const statement = (sql: string): Statement => db.prepare(sql);
  return {
    part: statement('INSERT OR REPLACE INTO part (n, part, bytes) VALUES (?, ?, ?)'),
    hasParts: statement(`UPDATE frame SET flags = coalesce(flags, 0) | ${flags.parts} WHERE n = ?`),
    answer: statement(
      `UPDATE frame SET latency = CASE WHEN kind = 1 THEN ? END, pair = ?, flags = nullif((flags & ~${flags.pending}) | ?, 0)
       WHERE session = ? AND seq = ?`,
    ),
  };
}
