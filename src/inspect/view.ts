/**
 * A window on the messages of a recording: filtered, in order, with a focus, following the growth of a
 * live one. Holds a few screens of rows, never the recording. It reads in steps that are short whatever
 * the filter and however large the file: `work()` does one, and whoever shows the window calls it between
 * two keys. Knows no terminal and no clock but the one that it is given.
 */
import type { Condition } from '../recording/condition.js';
import type { Message } from '../recording/message.js';
import type { RecordingReader } from '../recording/ports.js';
import { StepSize } from './view-step.js';
import { viewRow, type ViewRow } from './view-row.js';

export interface ViewOptions {
  /** Rows that are shown at once. */
  readonly height: number;
  /** Milliseconds of any monotonic clock. */
  readonly now: () => number;
}

/** How many came since following was left; `more`: at least so many. */
export interface Fresh {
  readonly count: number;
  readonly more: boolean;
}

interface Search {
  readonly where: Condition;
  readonly direction: 1 | -1;
  /** The index that was looked at last. */
  at: number;
}

/** Screens kept on either side of the visible one. */
const margin = 2;
/** Rows kept visible above and below the focus. */
const scrollMargin = 2;
/** Milliseconds that a key may take before the screen is drawn as far as it is known. */
const patience = 8;
/** Nobody counts further. */
const maxFresh = 9_999;

export class MessageView {
  readonly #reader: RecordingReader;
  readonly #now: () => number;
  readonly #step: StepSize;
  #where: Condition = { op: 'all' };
  #height: number;
  #count: number;
  /** Consecutive matches: all that there are between the indexes `#from` and `#to`, both included. */
  #rows: ViewRow[] = [];
  #from = 1;
  #to = 0;
  /** Places in `#rows`: of the focus, and of the first visible row. */
  #focus = 0;
  #top = 0;
  #following: boolean;
  #paused = false;
  #fresh = { count: 0, upTo: 0 };
  #search: Search | undefined;
  #searchFailed = false;

  constructor(reader: RecordingReader, options: ViewOptions) {
    this.#reader = reader;
    this.#now = options.now;
    this.#step = new StepSize(options.now);
    this.#height = Math.max(1, options.height);
    this.#count = reader.count();
    this.#following = reader.info.live;
    if (this.#following) this.end();
    else this.home();
  }

  /** How many messages the recording has, filtered or not. */
  get count(): number {
    return this.#count;
  }

  get where(): Condition {
    return this.#where;
  }

  get following(): boolean {
    return this.#following;
  }

  get paused(): boolean {
    return this.#paused;
  }

  get height(): number {
    return this.#height;
  }

  /** The focused row; none where nothing matches, or nothing is found yet. */
  get focused(): ViewRow | undefined {
    return this.#rows[this.#focus];
  }

  /** What is visible, and which of it has the focus (-1: none). */
  visible(): { readonly rows: readonly ViewRow[]; readonly focus: number } {
    const rows = this.#rows.slice(this.#top, this.#top + this.#height);
    return { rows, focus: rows.length === 0 ? -1 : this.#focus - this.#top };
  }

  /** What came since following was left, of what matches. */
  get fresh(): Fresh {
    const { count, upTo } = this.#fresh;
    return { count, more: upTo < this.#count };
  }

  /** It still looks for rows to show. */
  get busy(): boolean {
    return this.#search !== undefined || this.#need() !== undefined;
  }

  /** It looks for the next match. */
  get seeking(): boolean {
    return this.#search !== undefined;
  }

  /** The last search, by `seek`, found nothing in its direction. */
  get searchFailed(): boolean {
    return this.#searchFailed;
  }

  setHeight(height: number): void {
    this.#height = Math.max(1, height);
    this.#settle();
    this.#pump();
  }

  /** Shows other messages; the focus stays where it is, or goes to what matches next to it. */
  setWhere(where: Condition): void {
    const index = this.focused?.index ?? this.#from;
    this.#where = where;
    this.#fresh = { count: 0, upTo: this.#count };
    if (this.#following) this.end();
    else this.#anchor(index);
  }

  move(by: number): void {
    this.#searchFailed = false;
    if (by < 0) this.#leave();
    this.#search = undefined;
    for (let left = by; left !== 0;) {
      const before = this.#focus;
      this.#focus = clamp(before + left, 0, this.#rows.length - 1);
      left -= this.#focus - before;
      const more = left !== 0 && this.#reach(left);
      this.#settle();
      if (!more) break;
    }
    this.#pump();
  }

  page(by: number): void {
    this.move(by * Math.max(1, this.#height - 1));
  }

  /** To the first message. */
  home(): void {
    this.#leave();
    this.#anchor(1);
  }

  /** To the last message. */
  end(): void {
    this.#reset(this.#count + 1);
    this.#pump();
  }

  /** Takes up following, or leaves it. */
  follow(on: boolean): void {
    if (!on) {
      this.#leave();
      return;
    }
    this.#following = true;
    this.#paused = false;
    this.#count = this.#reader.count();
    this.end();
  }

  /** Stops looking for new messages; the recording goes on. */
  pause(on: boolean): void {
    this.#paused = on;
    if (on) this.#leave();
  }

  /** Puts the focus on the message with this index, or on what is next to it; says whether it is shown. */
  focusOn(index: number): boolean {
    if (index < this.#count) this.#leave();
    const place = this.#rows.findIndex((row) => row.index === index);
    if (place < 0) {
      this.#anchor(index);
    } else {
      this.#focus = place;
      this.#settle();
      this.#pump();
    }
    return this.focused?.index === index;
  }

  /** Puts the focus on a visible row, counted from the top. */
  focusVisible(row: number): void {
    if (this.#top + row < this.#rows.length) this.move(this.#top + row - this.#focus);
  }

  /** Looks from the focus on for the next message of those shown that matches. */
  seek(where: Condition, direction: 1 | -1): void {
    const { focused } = this;
    if (focused === undefined) return;
    this.#leave();
    this.#searchFailed = false;
    this.#search = { where: both(this.#where, where), direction, at: focused.index };
    this.#pump();
  }

  /** Gives up a search. */
  cancel(): void {
    this.#search = undefined;
  }

  /** Looks for what is new. True: something may have changed. */
  poll(): boolean {
    if (this.#paused) return false;
    const count = this.#reader.count();
    const grown = count > this.#count;
    if (grown) {
      const all = this.#where.op === 'all';
      if (!this.#following && all) this.#countFresh(count - this.#count, count);
      this.#count = count;
      this.#pump();
    }
    return this.#lookForAnswers() || grown;
  }

  /** Reads on for one short step. False: there is nothing left to do. */
  work(): boolean {
    if (this.#search !== undefined) this.#searchStep(this.#search);
    else {
      const need = this.#need();
      if (need === undefined) return this.#freshStep();
      if (need === 'up') this.#stepUp();
      else if (this.#following) this.#stepToEnd();
      else this.#stepDown();
      this.#settle();
    }
    return true;
  }

  /** Finds rows beyond the edge of the window; false: there are none, or none are found soon. */
  #reach(direction: number): boolean {
    const until = this.#now() + patience;
    const had = this.#rows.length;
    while ((direction > 0 ? this.#to < this.#count : this.#from > 1) && this.#now() < until) {
      if (direction > 0) this.#stepDown();
      else this.#stepUp();
      if (this.#rows.length > had) return true;
    }
    return false;
  }

  /** Works until the screen is full, but not longer than a person would notice. */
  #pump(): void {
    const until = this.#now() + patience;
    while ((this.#search !== undefined || this.#need(true) !== undefined) && this.#now() < until) this.work();
  }

  /** Where rows are missing; `visible`: only those on the screen count. */
  #need(visible = false): 'down' | 'up' | undefined {
    const more = visible ? 0 : margin * this.#height;
    const below = this.#to < this.#count;
    const above = this.#from > 1;
    const missing = this.#top + this.#height - this.#rows.length;
    if (below && (missing > 0 || this.#following)) return 'down';
    if (above && this.#rows.length < this.#height) return 'up';
    if (above && this.#top === 0 && this.#focus < scrollMargin) return 'up';
    if (below && missing > -more) return 'down';
    if (above && this.#top < more) return 'up';
    return undefined;
  }

  #stepDown(): void {
    const before = Math.min(this.#to + this.#step.size, this.#count) + 1;
    const limit = (margin + 1) * this.#height;
    const found = this.#read({ after: this.#to, before, order: 'asc', limit });
    this.#to = found.length === limit ? (found.at(-1)?.index ?? this.#to) : before - 1;
    this.#rows.push(...found);
  }

  #stepUp(): void {
    const after = Math.max(this.#from - this.#step.size, 1) - 1;
    const limit = (margin + 1) * this.#height;
    const found = this.#read({ after, before: this.#from, order: 'desc', limit });
    const empty = this.#rows.length === 0;
    this.#from = found.length === limit ? (found.at(-1)?.index ?? 1) : after + 1;
    this.#rows.unshift(...found.reverse());
    this.#focus += empty ? Math.max(0, found.length - 1) : found.length;
    this.#top += found.length;
  }

  /** Takes the newest of what came: of a flood, only what can be seen. */
  #stepToEnd(): void {
    const before = Math.min(this.#to + this.#step.size, this.#count) + 1;
    const limit = (margin + 1) * this.#height;
    const found = this.#read({ after: this.#to, before, order: 'desc', limit }).reverse();
    if (found.length === limit) {
      this.#rows = [];
      this.#from = found[0]?.index ?? before;
    }
    this.#to = before - 1;
    this.#rows.push(...found);
    this.#focus = this.#rows.length - 1;
    this.#top = this.#rows.length;
  }

  #searchStep(search: Search): void {
    const { where, direction, at } = search;
    const down = direction === 1;
    const edge = down
      ? Math.min(at + this.#step.size, this.#count) + 1
      : Math.max(at - this.#step.size, 1) - 1;
    const range = down ? { after: at, before: edge } : { after: edge, before: at };
    const order = down ? 'asc' : 'desc';
    const [found] = this.#step.take(() => [...this.#reader.messages({ ...range, where, order, limit: 1 })]);
    search.at = down ? edge - 1 : edge + 1;
    const over = down ? edge > this.#count : edge < 1;
    if (found === undefined && !over) return;
    this.#search = undefined;
    this.#searchFailed = found === undefined;
    if (found !== undefined) this.focusOn(found.index);
  }

  #freshStep(): boolean {
    const { upTo, count } = this.#fresh;
    if (this.#following || upTo >= this.#count || count >= maxFresh) return false;
    const before = Math.min(upTo + this.#step.size, this.#count) + 1;
    const limit = 500;
    const where = this.#where;
    const found = this.#step.take(() =>
      indexes(this.#reader.messages({ where, after: upTo, before, limit })),
    );
    this.#countFresh(found.length, found.length === limit ? (found.at(-1) ?? upTo) : before - 1);
    return true;
  }

  #countFresh(more: number, upTo: number): void {
    this.#fresh = { count: this.#fresh.count + more, upTo };
  }

  #read(range: { after: number; before: number; order: 'asc' | 'desc'; limit: number }): ViewRow[] {
    const where = this.#where;
    return this.#step.take(() => {
      const rows: ViewRow[] = [];
      for (const message of this.#reader.messages({ ...range, where })) rows.push(this.#row(message));
      return rows;
    });
  }

  #row(message: Message): ViewRow {
    const { kind, session, seq } = message;
    return viewRow(message, kind === 'command' ? this.#reader.responseTo(session, seq) : undefined);
  }

  /** Commands on the screen that had no response may have one by now. */
  #lookForAnswers(): boolean {
    let changed = false;
    const end = Math.min(this.#rows.length, this.#top + this.#height);
    for (let place = this.#top; place < end; place++) {
      const row = this.#rows[place];
      if (row?.kind !== 'command' || row.answer !== undefined) continue;
      const response = this.#reader.responseTo(row.session, row.seq);
      if (response === undefined) continue;
      this.#rows[place] = { ...row, answer: { latency: response.latency } };
      changed = true;
    }
    return changed;
  }

  #leave(): void {
    if (!this.#following) return;
    this.#following = false;
    this.#fresh = { count: 0, upTo: this.#count };
  }

  #anchor(index: number): void {
    this.#reset(Math.max(1, index));
    this.#pump();
  }

  /** Begins anew between the indexes before and from `index`. */
  #reset(index: number): void {
    this.#search = undefined;
    this.#searchFailed = false;
    this.#rows = [];
    this.#from = index;
    this.#to = index - 1;
    this.#focus = 0;
    this.#top = 0;
  }

  /** Keeps the focus in sight and the window small. */
  #settle(): void {
    const most = Math.max(0, this.#rows.length - this.#height);
    if (this.#following) this.#focus = this.#rows.length - 1;
    this.#focus = clamp(this.#focus, 0, this.#rows.length - 1);
    const edge = Math.min(scrollMargin, Math.floor((this.#height - 1) / 2));
    this.#top = clamp(this.#top, this.#focus - this.#height + 1 + edge, this.#focus - edge);
    this.#top = clamp(this.#top, 0, most);
    this.#trim();
  }

  #trim(): void {
    const keep = 2 * margin * this.#height;
    const surplus = this.#top - keep;
    if (surplus > 0) {
      this.#rows.splice(0, surplus);
      this.#from = this.#rows[0]?.index ?? this.#from;
      this.#focus -= surplus;
      this.#top -= surplus;
    }
    const last = this.#top + this.#height + keep;
    if (this.#rows.length > last) {
      this.#rows.length = last;
      this.#to = this.#rows.at(-1)?.index ?? this.#to;
    }
  }
}

/** Both conditions at once. */
export function both(one: Condition, other: Condition): Condition {
  if (one.op === 'all') return other;
  return other.op === 'all' ? one : { op: 'and', of: [one, other] };
}

function indexes(messages: Iterable<Message>): number[] {
  return Array.from(messages, ({ index }) => index);
}

function clamp(value: number, low: number, high: number): number {
  return Math.max(low, Math.min(value, Math.max(low, high)));
}
