/**
 * Reads messages without their bytes, thousands at a time: for statistics over a whole recording, where
 * the full rows would take four times as long.
 */
import { numberFields } from '../../recording/fields/fields.js';
import { type MessageKind, messageKinds } from '../../recording/message.js';
import type { MessageOutline, MessageRange } from '../../recording/ports.js';
import type { Connection, Statement } from '../disk/connect.js';
import { DamagedRow, readInteger, readOptional, readText } from './frame-decoder.js';
import { noName } from '../rows/frame-flags.js';

/** Rows a statement, few enough that a writer never waits long. */
const pageSize = 5000;

const columns = ['n', 'session', 'seq', 'kind', 't', 'name', 'pair', 'latency', 'size'];
/** Each column of a page is read as one text: value by value takes 1.5 times as long. */
const page = (where: string, place: string): string =>
  `SELECT max(${place}), ${columns.map((column) => `json_group_array(${column})`).join()}
  FROM (SELECT *, ${numberFields.size.sql} AS size FROM frame WHERE ${where} ORDER BY ${place} LIMIT ?)`;

/** The values of a page's messages, one column after the other. */
type Columns = readonly (readonly unknown[])[];

export class Outlines {
  readonly #all: Statement;
  readonly #ofSession: Statement;
  readonly #name: Statement;
  readonly #names = new Map<number, string>();

  constructor(db: Connection) {
    this.#all = db.prepare(page('n > ?', 'n')).raw();
    this.#ofSession = db.prepare(page('session = ? AND seq > ?', 'seq')).raw();
    this.#name = db.prepare('SELECT name FROM name WHERE id = ?').pluck();
  }

  /** The outlines of all messages from a place on, or of a session's; undefined for any narrower range. */
  read(range: MessageRange, guard: <T>(read: () => T) => T): Iterable<MessageOutline> | undefined {
    const { session, where, after, before, order, limit } = range;
    if (where !== undefined && where.op !== 'all') return undefined;
    if (before !== undefined || order === 'desc') return undefined;
    // A session's are found by their number in it.
    if (session !== undefined && after !== undefined) return undefined;
    return this.#read(session, after ?? 0, limit ?? Infinity, guard);
  }

  *#read(
    session: number | undefined,
    after: number,
    limit: number,
    guard: <T>(read: () => T) => T,
  ): Generator<MessageOutline> {
    let reached = after;
    for (let left = limit; left > 0;) {
      const from = reached;
      const size = Math.min(left, pageSize);
      const { outlines, last } = guard(() => this.#page(session, from, size));
      yield* outlines;
      if (outlines.length < size) return;
      left -= size;
      reached = last;
    }
  }

  /** `last`: where the page ends. */
  #page(
    session: number | undefined,
    reached: number,
    size: number,
  ): { readonly outlines: readonly MessageOutline[]; readonly last: number } {
    const found =
      session === undefined ? this.#all.get(reached, size) : this.#ofSession.get(session, reached, size);
    const [last, ...texts] = found as readonly unknown[];
    const outlines = this.#outlines(
      texts.map((column) => JSON.parse(readText(column)) as readonly unknown[]),
    );
    if (outlines.length > 0 && readInteger(last) <= reached)
      throw new DamagedRow(`message ${reached} is out of order`);
    return { outlines, last: outlines.length === 0 ? reached : readInteger(last) };
  }

  #outlines(columns: Columns): MessageOutline[] {
    const [
      places = [],
      sessions = [],
      seqs = [],
      kinds = [],
      times = [],
      names = [],
      pairs = [],
      latencies = [],
      sizes = [],
    ] = columns;
    return seqs.map((seq, row) => {
      const kind: MessageKind | undefined = messageKinds[readInteger(kinds[row])];
      if (kind === undefined) throw new DamagedRow(`message ${readInteger(seq)} of a session is damaged`);
      const name = names[row];
      const called = name === null || name === noName ? undefined : this.#nameOf(readInteger(name));
      const isResponse = kind === 'success' || kind === 'error';
      return {
        index: readInteger(places[row]),
        session: readInteger(sessions[row]),
        seq: readInteger(seq),
        t: readInteger(times[row]),
        kind,
        name: isResponse ? undefined : called,
        replyTo: isResponse ? readOptional(pairs[row], readInteger) : undefined,
        command: isResponse ? called : undefined,
        latency: isResponse ? readOptional(latencies[row], readInteger) : undefined,
        size: readInteger(sizes[row]),
      };
    });
  }

  #nameOf(id: number): string {
    let name = this.#names.get(id);
    if (name === undefined) this.#names.set(id, (name = readText(this.#name.get(id))));
    return name;
  }
}
