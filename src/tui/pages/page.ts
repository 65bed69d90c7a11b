/**
 * A page over the list. One of its lines may have the focus and be opened. Its content is made anew each time it is
 * drawn, so that timers run.
 */
import { type Line, plain } from '../screen/line.js';

export interface PageEntry {
  readonly line: Line;
  /** What Enter does there. */
  readonly open?: (() => void) | undefined;
}

export interface PageContent {
  readonly title: string;
  /** Stays on top when the rest scrolls. */
  readonly heading?: Line | undefined;
  readonly length: number;
  /** Made only when it is seen. */
  readonly entry: (place: number) => PageEntry;
  /** One entry has the focus, and Enter opens it; otherwise the page only scrolls. */
  readonly selects: boolean;
}

/** A page that only scrolls. */
export function scrolled(title: string, lines: readonly Line[]): PageContent {
  return {
    title,
    length: lines.length,
    entry: (place) => ({ line: lines[place] ?? plain('') }),
    selects: false,
  };
}

/** Makes a page's content for a width. */
export type PageSource = (width: number) => PageContent;

export class Page {
  readonly name: string;
  readonly #source: PageSource;
  #drawn: PageContent | undefined;
  #focus = 0;
  #top = 0;
  #height = 1;

  /** `name`: to tell whether it is open already. */
  constructor(name: string, source: PageSource) {
    this.name = name;
    this.#source = source;
  }

  move(by: number): void {
    const { length, selects } = this.#content;
    const from = selects ? this.#focus : this.#top;
    const to = Math.max(0, Math.min(selects ? length - 1 : length - this.#height, from + by));
    if (selects) this.#focus = to;
    else this.#top = to;
  }

  page(by: number): void {
    this.move(by * Math.max(1, this.#height - 1));
  }

  home(): void {
    this.move(-this.#content.length);
  }

  end(): void {
    this.move(this.#content.length);
  }

  focusVisible(row: number): void {
    if (this.#content.selects) this.move(this.#top + row - this.#focus);
  }

  open(): void {
    const { length, entry, selects } = this.#content;
    if (selects && length > 0) entry(this.#focus).open?.();
  }

  /** Does a short step of longer work. False: nothing is left to do. */
  work(): boolean {
    return false;
  }

  /** `height` lines, the title first. */
  draw(width: number, height: number): Line[] {
    this.#drawn = this.#source(width);
    const { title, heading, length, entry, selects } = this.#drawn;
    const head = [plain(` ${title}`, 'bold'), ...(heading === undefined ? [] : [heading])];
    this.#height = Math.max(1, height - head.length);
    this.#focus = Math.max(0, Math.min(this.#focus, length - 1));
    if (selects) this.#top = Math.max(this.#focus - this.#height + 1, Math.min(this.#top, this.#focus));
    this.#top = Math.max(0, Math.min(this.#top, length - this.#height));
    const lines: Line[] = [];
    for (let place = this.#top; place < Math.min(length, this.#top + this.#height); place++) {
      const { line } = entry(place);
      lines.push(selects && place === this.#focus ? { ...line, style: 'focus' } : line);
    }
    const all = [...head, ...lines];
    while (all.length < height) all.push({ spans: [] });
    return all.slice(0, height);
  }

  /** How many lines stand over the first entry. */
  get headLines(): number {
    return this.#content.heading === undefined ? 1 : 2;
  }

  /** As drawn last; keys may come before the first time. */
  get #content(): PageContent {
    return (this.#drawn ??= this.#source(80));
  }
}
