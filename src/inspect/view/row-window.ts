/**
 * A window of consecutive matches on the messages of a recording: the rows between two indexes, which of them
 * has the focus, and which are visible. It is read on at either edge in short steps, and holds a few screens
 * of rows, never the recording.
 */
import type { Condition } from '../../recording/condition.js';
import type { Message } from '../../recording/message.js';
import type { RecordingReader } from '../../recording/ports.js';
import type { StepSize } from './view-step.js';
import { viewRow, type ViewRow } from './view-row.js';

/** Screens kept on either side of the visible one. */
const margin = 2;
/** Rows kept visible above and below the focus. */
const scrollMargin = 2;
export class RowWindow {
  readonly #reader: RecordingReader;
  readonly #step: StepSize;
  /** Which messages match. A change takes a `reset`. */
  where: Condition = { op: 'all' };
  /** Rows that are visible at once. */
  height: number;
  /** Messages that the recording is known to have. */
  count: number;
  /** The focus stays on the last row. */
  following = false;
  /** Consecutive matches: all that there are between the indexes `#from` and `#to`, both included. */
  #rows: ViewRow[] = [];
  #from = 1;
  #to = 0;
  /** Places in `#rows`: of the focus, and of the first visible row. */
  #focus = 0;
  #top = 0;

  constructor(reader: RecordingReader, step: StepSize, height: number) {
    this.#reader = reader;
    this.#step = step;
    this.height = height;
    this.count = reader.count();
  }

  /** None where nothing matches, or nothing is found yet. */
  get focused(): ViewRow | undefined {
    return this.#rows[this.#focus];
  }

  /** Where the focus is, or where the first row would be. */
  get index(): number {
    return this.focused?.index ?? this.#from;
  }

  /** What is visible, and which of it has the focus (-1: none). */
  visible(): { readonly rows: readonly ViewRow[]; readonly focus: number } {
    const rows = this.#rows.slice(this.#top, this.#top + this.height);
    return { rows, focus: rows.length === 0 ? -1 : this.#focus - this.#top };
  }

  /** Moves the focus among the rows that are here; gives by how much. */
  moveFocus(by: number): number {
    const before = this.#focus;
    this.#focus = clamp(before + by, 0, this.#rows.length - 1);
    return this.#focus - before;
  }

  /** Puts the focus on the message with this index; false: it is not here. */
  focusOn(index: number): boolean {
    const place = this.#rows.findIndex((row) => row.index === index);
    if (place >= 0) this.#focus = place;
    return place >= 0;
  }

  /** How far a visible row, counted from the top, is from the focus; undefined: there is none. */
  distanceTo(row: number): number | undefined {
    return this.#top + row < this.#rows.length ? this.#top + row - this.#focus : undefined;
  }

  /** Reads one step beyond that edge; undefined: the recording ends there. Gives whether rows were found. */
  extend(direction: number): boolean | undefined {
    if (direction > 0 ? this.#to >= this.count : this.#from <= 1) return undefined;
    const had = this.#rows.length;
    if (direction > 0) this.#stepDown();
    else this.#stepUp();
    return this.#rows.length > had;
  }

  /** Reads one step where rows are missing. */
  fill(need: 'down' | 'up'): void {
    if (need === 'up') this.#stepUp();
    else if (this.following) this.#stepToEnd();
    else this.#stepDown();
    this.settle();
  }

  /** Where rows are missing; `visible`: only those on the screen count. */
  need(visible = false): 'down' | 'up' | undefined {
    const more = visible ? 0 : margin * this.height;
    const below = this.#to < this.count;
    const above = this.#from > 1;
    const missing = this.#top + this.height - this.#rows.length;
    if (below && (missing > 0 || this.following)) return 'down';
    if (above && this.#rows.length < this.height) return 'up';
    if (above && this.#top === 0 && this.#focus < scrollMargin) return 'up';
    if (below && missing > -more) return 'down';
    if (above && this.#top < more) return 'up';
    return undefined;
  }

  /** Clears the window and starts before the message with this index. */
  reset(index: number): void {
    this.#rows = [];
    this.#from = index;
    this.#to = index - 1;
    this.#focus = 0;
    this.#top = 0;
  }

  /** Keeps the focus visible and the window small. */
  settle(): void {
    const most = Math.max(0, this.#rows.length - this.height);
    if (this.following) this.#focus = this.#rows.length - 1;
    this.#focus = clamp(this.#focus, 0, this.#rows.length - 1);
    const edge = Math.min(scrollMargin, Math.floor((this.height - 1) / 2));
    this.#top = clamp(this.#top, this.#focus - this.height + 1 + edge, this.#focus - edge);
    this.#top = clamp(this.#top, 0, most);
    this.#trim();
  }

  #trim(): void {
    const keep = 2 * margin * this.height;
    const surplus = this.#top - keep;
    if (surplus > 0) {
      this.#rows.splice(0, surplus);
      this.#from = this.#rows[0]?.index ?? this.#from;
      this.#focus -= surplus;
      this.#top -= surplus;
    }
    const last = this.#top + this.height + keep;
    if (this.#rows.length > last) {
      this.#rows.length = last;
      this.#to = this.#rows.at(-1)?.index ?? this.#to;
    }
  }

  /** Commands on the screen that had no response may have one by now. */
  lookForAnswers(): boolean {
    let changed = false;
    const end = Math.min(this.#rows.length, this.#top + this.height);
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

  #stepDown(): void {
    const before = Math.min(this.#to + this.#step.size, this.count) + 1;
    const limit = (margin + 1) * this.height;
    const found = this.#read({ after: this.#to, before, order: 'asc', limit });
    this.#to = found.length === limit ? (found.at(-1)?.index ?? this.#to) : before - 1;
    this.#rows.push(...found);
  }

  #stepUp(): void {
    const after = Math.max(this.#from - this.#step.size, 1) - 1;
    const limit = (margin + 1) * this.height;
    const found = this.#read({ after, before: this.#from, order: 'desc', limit });
    const empty = this.#rows.length === 0;
    this.#from = found.length === limit ? (found.at(-1)?.index ?? 1) : after + 1;
    this.#rows.unshift(...found.reverse());
    this.#focus += empty ? Math.max(0, found.length - 1) : found.length;
    this.#top += found.length;
  }

  /** Reads the newest messages: of a flood, only those that fit on the screen. */
  #stepToEnd(): void {
    const before = Math.min(this.#to + this.#step.size, this.count) + 1;
    const limit = (margin + 1) * this.height;
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

  #read(range: { after: number; before: number; order: 'asc' | 'desc'; limit: number }): ViewRow[] {
    const where = this.where;
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
}

function clamp(value: number, low: number, high: number): number {
  return Math.max(low, Math.min(value, Math.max(low, high)));
}
