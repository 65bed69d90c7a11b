/**
 * Reads messages a page at a time, by key: each page is one short statement, so that a writer is never
 * held up, and no more of a recording is in memory than a page.
 */
import type { Condition } from '../../recording/condition.js';
import type { MessageContext } from '../../recording/fields/field.js';
import type { Where } from '../../recording/fields/sql.js';
import type { Mark } from '../../recording/marks.js';
import { compileMatcher, type Matcher } from '../../recording/matcher.js';
import type { Message, MessageRef } from '../../recording/message.js';
import type { MessageRange } from '../../recording/ports.js';
import { chooseAccess } from './access.js';
import type { Connection, Statement } from '../disk/connect.js';
import {
  DamagedRow,
  type Decoded,
  type FrameDecoder,
  type FrameRow,
  readInteger,
  readOptional,
  readText,
} from './frame-decoder.js';
import { GrowingLookup } from './lookup.js';
import { pageQuery, type Bounds, type WantedPage } from './page-query.js';
import { toSql } from './query.js';

/** A range with everything said. */
interface Search {
  readonly where: Condition;
  readonly matches: Matcher;
  readonly session: number | undefined;
  readonly descending: boolean;
}

/** What a page found, and between what the next one lies; undefined: there is none. */
interface Page {
  readonly messages: readonly Message[];
  readonly next: Bounds | undefined;
}

const firstPage = 100;
const largestPage = 1000;
/** A page ends early past this many bytes: frames may be megabytes each. */
const pageBytes = 4 << 20;
/** Messages that a scan looks at in one statement. */
const scanWindow = 50_000;
/** More statements than this are forgotten: the text of every filter is in them. */
const keptStatements = 100;
const all: Condition = { op: 'all' };

/** What of a session a message is judged by; it does not change. */
type SessionContext = Pick<MessageContext, 'label' | 'started'>;

export class Pages {
  readonly #db: Connection;
  readonly #decoder: FrameDecoder;
  readonly #lookup: GrowingLookup;
  readonly #last: Statement;
  readonly #session: Statement;
  readonly #statements = new Map<string, Statement>();
  readonly #sessions = new Map<number, SessionContext>();

  /** `file`: the name of the file as the user knows it. */
  constructor(db: Connection, decoder: FrameDecoder, file: string) {
    this.#db = db;
    this.#decoder = decoder;
    this.#lookup = new GrowingLookup(db, file);
    this.#last = db.prepare('SELECT ifnull(max(n), 0) FROM frame WHERE n <= ?').pluck();
    this.#session = db.prepare('SELECT label, started FROM session WHERE id = ?').raw();
  }

  /** The place of the last message, of those that can be one. */
  last(): number {
    return this.#last.get(mostPlaces(this.#db)) as number;
  }

  /** `guard` runs each statement and says in plain words what went wrong. */
  *read(range: MessageRange, guard: <T>(read: () => T) => T): Iterable<Message> {
    const where = range.where ?? all;
    const search: Search = {
      where,
      matches: compileMatcher(where),
      session: range.session,
      descending: range.order === 'desc',
    };
    let left = range.limit ?? Infinity;
    let size = Math.min(firstPage, left);
    let bounds: Bounds | undefined = {
      after: range.after ?? 0,
      before: Math.min(range.before ?? Infinity, Number.MAX_SAFE_INTEGER),
    };
    while (bounds !== undefined && left > 0) {
      const from: Bounds = bounds;
      const page: Page = guard(() => this.#page(search, from, size));
      for (const message of page.messages) {
        yield message;
        if (--left === 0) return;
      }
      bounds = page.next;
      size = Math.min(size * 2, largestPage);
    }
  }

  #page(search: Search, bounds: Bounds, size: number): Page {
    const { where, session, descending } = search;
    const access = chooseAccess(where, session, this.#lookup);
    const filter = toSql(where, this.#lookup);
    const narrow = access.by === 'scan' ? this.#window(bounds, descending) : bounds;
    const { rows, full } = this.#rows({ access, filter, session, bounds: narrow, descending, size });
    const messages = rows.filter((row) => this.#meant(row, filter, search.matches)).map((row) => row.message);
    const reached = full ? rows.at(-1)?.message.index : undefined;
    return { messages, next: next(bounds, narrow, descending, reached) };
  }

  /** The rows of one statement; `full`: there may be more. */
  #rows(page: WantedPage): { rows: Decoded[]; full: boolean } {
    const { bounds, descending, size } = page;
    const { sql, values } = pageQuery(page, this.#seqAt);
    const rows: Decoded[] = [];
    let bytes = 0;
    let reached = descending ? bounds.before : bounds.after;
    for (const row of this.#statement(sql).iterate(...values) as Iterable<FrameRow>) {
      const decoded = this.#decoder.decode(row);
      const { index } = decoded.message;
      // In a hostile file the pages of a tree may form a circle.
      if (descending ? index >= reached : index <= reached)
        throw new DamagedRow(`message ${index} is out of order`);
      reached = index;
      rows.push(decoded);
      bytes += decoded.message.raw.length;
      if (bytes >= pageBytes) return { rows, full: true };
    }
    return { rows, full: rows.length === size };
  }

  #meant({ message, answer }: Decoded, filter: Where, matches: Matcher): boolean {
    if (filter.exact) return true;
    const markOf = (): MessageContext['mark'] => this.#markOf(message);
    return matches(message, {
      ...this.#sessionOf(message.session),
      file: this.#lookup.file,
      answer,
      get mark() {
        return markOf();
      },
    });
  }

  #window({ after, before }: Bounds, descending: boolean): Bounds {
    const last = this.last();
    if (!descending)
      return { after, before: Math.min(before, Math.max(after, last) + 1, after + scanWindow + 1) };
    const from = Math.min(before, last + 1);
    return { after: Math.max(after, from - scanWindow - 1), before: from };
  }

  /** How many messages of a session have a place up to `n`. */
  readonly #seqAt = (session: number, n: number): number => {
    if (n < 1) return 0;
    const exact = this.#statement('SELECT seq FROM frame WHERE n = ? AND session = ?').get(n, session);
    if (exact !== undefined) return readInteger((exact as FrameRow)[0]);
    const most = mostPlaces(this.#db);
    const count = this.#statement('SELECT max(seq) FROM frame WHERE session = ? AND seq <= ?');
    const all = readOptional((count.get(session, most) as FrameRow)[0], readInteger) ?? 0;
    if (n >= most) return all;
    const place = this.#statement('SELECT n FROM frame WHERE session = ? AND seq = ?');
    let low = 0;
    let high = all;
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      const found = (place.get(session, middle) as number[] | undefined)?.[0] ?? Infinity;
      if (found <= n) low = middle;
      else high = middle - 1;
    }
    return low;
  };

  #sessionOf(id: number): SessionContext {
    const known = this.#sessions.get(id);
    if (known !== undefined) return known;
    const [label, started] = (this.#session.get(id) as FrameRow | undefined) ?? [];
    const found = { label: readOptional(label, readText), started: readOptional(started, readInteger) };
    this.#sessions.set(id, found);
    return found;
  }

  #markOf({ session, seq }: MessageRef): Pick<Mark, 'note'> | undefined {
    if (!this.#lookup.hasMarks()) return undefined;
    const row = this.#statement('SELECT note FROM mark WHERE session = ? AND seq = ?').get(session, seq);
    return row === undefined ? undefined : { note: readOptional((row as FrameRow)[0], readText) };
  }

  #statement(sql: string): Statement {
    const known = this.#statements.get(sql);
    if (known !== undefined) return known;
    if (this.#statements.size >= keptStatements) this.#statements.clear();
    const statement = this.#db.prepare(sql).raw();
    this.#statements.set(sql, statement);
    return statement;
  }
}

/**
 * More messages than this do not fit into the file. A hostile file may give a message so high a number that a scan
 * towards it, window by window, would never end.
 */
export function mostPlaces(db: Connection): number {
  return Number(db.pragma('page_count', { simple: true })) * Number(db.pragma('page_size', { simple: true }));
}

/** Goes on behind the last row, or behind the stretch that was looked at. */
function next(
  whole: Bounds,
  seen: Bounds,
  descending: boolean,
  reached: number | undefined,
): Bounds | undefined {
  const { after, before } = whole;
  if (reached !== undefined) return descending ? { after, before: reached } : { after: reached, before };
  if (descending) return seen.after > after ? { after, before: seen.after + 1 } : undefined;
  return seen.before < before && seen.before > seen.after + scanWindow
    ? { after: seen.before - 1, before }
    : undefined;
}
