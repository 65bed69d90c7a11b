/**
 * The messages of a recording as a person goes through them: filtered, searched, following the growth of a
 * live one. What is seen is a `RowWindow`. It reads in steps that are short whatever the filter and however
 * large the file: `work()` does one step, and the UI calls it between two keys.
 */
import type { Condition } from '../../recording/condition.js';
import type { RecordingReader } from '../../recording/ports.js';
import { FreshCount } from './fresh-count.js';
import { RowWindow } from './row-window.js';
import type { ViewRow } from './view-row.js';
import { ViewSearch } from './view-search.js';
import { StepSize } from './view-step.js';

export interface ViewOptions {
  /** Rows that are shown at once. */
  readonly height: number;
  /** Milliseconds of any monotonic clock. */
  readonly now: () => number;
}

/** How many came since the view stopped following; `more`: at least this many. */
export interface Fresh {
  readonly count: number;
  readonly more: boolean;
}

/** Milliseconds that a key may take before the screen is drawn as far as it is known. */
const patience = 8;

export class MessageView {
  readonly #reader: RecordingReader;
  readonly #now: () => number;
  readonly #step: StepSize;
  readonly #window: RowWindow;
  readonly #fresh: FreshCount;
  #paused = false;
  /** `failed`: the last one found nothing in its direction. */
  #search: ViewSearch | 'failed' | undefined;

  constructor(reader: RecordingReader, options: ViewOptions) {
    this.#reader = reader;
    this.#now = options.now;
    this.#step = new StepSize(options.now);
    this.#window = new RowWindow(reader, this.#step, Math.max(1, options.height));
    this.#fresh = new FreshCount(reader, this.#step);
    this.#window.following = reader.info.live;
    if (this.following) this.end();
    else this.home();
  }

  /** How many messages the recording has, filtered or not. */
  get count(): number {
    return this.#window.count;
  }

  get where(): Condition {
    return this.#window.where;
  }

  get following(): boolean {
    return this.#window.following;
  }

  get paused(): boolean {
    return this.#paused;
  }

  get height(): number {
    return this.#window.height;
  }

  /** The focused row; none where nothing matches, or nothing is found yet. */
  get focused(): ViewRow | undefined {
    return this.#window.focused;
  }

  /** What is visible, and which of it has the focus (-1: none). */
  visible(): { readonly rows: readonly ViewRow[]; readonly focus: number } {
    return this.#window.visible();
  }

  /** Matching messages that came since the view stopped following. */
  get fresh(): Fresh {
    const { count, upTo } = this.#fresh;
    return { count, more: upTo < this.count };
  }

  /** It still looks for rows to show. */
  get busy(): boolean {
    return this.seeking || this.#window.need() !== undefined;
  }

  /** It looks for the next match. */
  get seeking(): boolean {
    return this.#search instanceof ViewSearch;
  }

  /** The last search, by `seek`, found nothing in its direction. */
  get searchFailed(): boolean {
    return this.#search === 'failed';
  }

  setHeight(height: number): void {
    this.#window.height = Math.max(1, height);
    this.#window.settle();
    this.#pump();
  }

  /** Shows other messages; the focus stays where it is, or goes to what matches next to it. */
  setWhere(where: Condition): void {
    const { index } = this.#window;
    this.#window.where = where;
    this.#fresh.begin(this.count);
    if (this.following) this.end();
    else this.#anchor(index);
  }

  move(by: number): void {
    if (by < 0) this.#leave();
    this.#search = undefined;
    for (let left = by; left !== 0;) {
      left -= this.#window.moveFocus(left);
      const more = left !== 0 && this.#reach(left);
      this.#window.settle();
      if (!more) break;
    }
    this.#pump();
  }

  page(by: number): void {
    this.move(by * Math.max(1, this.height - 1));
  }

  /** To the first message. */
  home(): void {
    this.#leave();
    this.#anchor(1);
  }

  /** To the last message. */
  end(): void {
    this.#reset(this.count + 1);
    this.#pump();
  }

  /** Starts or stops following. */
  follow(on: boolean): void {
    if (!on) {
      this.#leave();
      return;
    }
    this.#window.following = true;
    this.#paused = false;
    this.#window.count = this.#reader.count();
    this.end();
  }

  /** Stops looking for new messages; the recording goes on. */
  pause(on: boolean): void {
    this.#paused = on;
    if (on) this.#leave();
  }

  /** Focuses the message with this index, or the nearest one; says whether it is shown. */
  focusOn(index: number): boolean {
    if (index < this.count) this.#leave();
    if (this.#window.focusOn(index)) {
      this.#window.settle();
      this.#pump();
    } else {
      this.#anchor(index);
    }
    return this.focused?.index === index;
  }

  /** Puts the focus on a visible row, counted from the top. */
  focusVisible(row: number): void {
    const by = this.#window.distanceTo(row);
    if (by !== undefined) this.move(by);
  }

  /** Searches the shown messages for the next match, from the focus on. */
  seek(where: Condition, direction: 1 | -1): void {
    const { focused } = this;
    if (focused === undefined) return;
    this.#leave();
    this.#search = new ViewSearch(this.#reader, this.#step, {
      where: both(this.where, where),
      direction,
      from: focused.index,
    });
    this.#pump();
  }

  /** Stops a search. */
  cancel(): void {
    this.#search = undefined;
  }

  /** Checks for new messages. True: something may have changed. */
  poll(): boolean {
    if (this.#paused) return false;
    const count = this.#reader.count();
    const grown = count > this.count;
    if (grown) {
      const all = this.where.op === 'all';
      if (!this.following && all) this.#fresh.add(count - this.count, count);
      this.#window.count = count;
      this.#pump();
    }
    return this.#window.lookForAnswers() || grown;
  }

  /** Reads on for one short step. False: there is nothing left to do. */
  work(): boolean {
    if (this.#search instanceof ViewSearch) this.#searchStep(this.#search);
    else {
      const need = this.#window.need();
      if (need === undefined) return !this.following && this.#fresh.step(this.where, this.count);
      this.#window.fill(need);
    }
    return true;
  }

  /** Reads rows beyond the edge of the window; false: there are none, or none were found in time. */
  #reach(direction: number): boolean {
    const until = this.#now() + patience;
    while (this.#now() < until) {
      const found = this.#window.extend(direction);
      if (found !== false) return found ?? false;
    }
    return false;
  }

  /** Works until the screen is full, but not longer than a person would notice. */
  #pump(): void {
    const until = this.#now() + patience;
    while ((this.seeking || this.#window.need(true) !== undefined) && this.#now() < until) this.work();
  }

  #searchStep(search: ViewSearch): void {
    const found = search.step(this.count);
    if (found === undefined) return;
    this.#search = found === null ? 'failed' : undefined;
    if (found !== null) this.focusOn(found.index);
  }

  #leave(): void {
    if (!this.following) return;
    this.#window.following = false;
    this.#fresh.begin(this.count);
  }

  #anchor(index: number): void {
    this.#reset(Math.max(1, index));
    this.#pump();
  }

  /** Clears the window and starts before the message with this index. */
  #reset(index: number): void {
    this.#search = undefined;
    this.#window.reset(index);
  }
}

/** Both conditions at once. */
export function both(one: Condition, other: Condition): Condition {
  if (one.op === 'all') return other;
  return other.op === 'all' ? one : { op: 'and', of: [one, other] };
}
