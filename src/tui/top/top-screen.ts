/** The screen of `top`: monitors as a table that is sorted, filtered, and drawn anew each second. */
import { counted } from '../../inspect/format.js';
import type { MonitorRow } from '../../inspect/top/monitor-activity.js';
import {
  nameOf,
  sortedRows,
  type TopColumn,
  topColumns,
  type TopSort,
} from '../../inspect/top/top-columns.js';
import { Prompt } from '../input/prompt.js';
import { cell, cut, drawLine, type Line, plain } from '../screen/line.js';
import { Terminal, type TerminalOptions } from '../screen/terminal.js';
import { Theme, wantsColour } from '../screen/theme.js';
import { type TopAction, topActionOf } from './top-keys.js';

/** What a screen shows, and where. */
export interface TopOptions {
  readonly terminal: TerminalOptions;
  /** Where they come from. */
  readonly place: string;
  readonly rows: () => readonly MonitorRow[];
  readonly sort: TopSort;
  /** Only names that have this text. */
  readonly filter: string;
}

/** How the screen was left: to open a recording, or for good. */
export interface TopEnd {
  readonly open: MonitorRow | undefined;
  readonly sort: TopSort;
  readonly filter: string;
}

/** A screen of `top`, until a recording is opened or the user quits. */
export interface TopScreen {
  /** Rejects with what made it fail, after the terminal was given back. */
  readonly finished: Promise<TopEnd>;
  close(): void;
}

const refreshMilliseconds = 1000;
/** Marks the column by which the rows are sorted. */
const sortSign = '*';

/** Takes the terminal and shows the monitors. */
export function showTop(options: TopOptions): TopScreen {
  return new Screen(options);
}

class Screen implements TopScreen {
  readonly finished: Promise<TopEnd>;
  readonly #options: TopOptions;
  readonly #terminal: Terminal;
  readonly #theme: Theme;
  #settle: (end: TopEnd) => void = () => undefined;
  #reject: (error: Error) => void = () => undefined;
  #timer: NodeJS.Timeout | undefined;
  #rows: readonly MonitorRow[] = [];
  #sort: TopSort;
  #filter: string;
  #prompt: Prompt | undefined;
  /** The row that has the focus keeps it when the order changes. */
  #focused: string | undefined;
  #top = 0;
  #over = false;

  constructor(options: TopOptions) {
    this.#options = options;
    this.#sort = options.sort;
    this.#filter = options.filter;
    this.#theme = new Theme(wantsColour(options.terminal.env));
    this.finished = new Promise((resolve, reject: (error: Error) => void) => {
      this.#settle = resolve;
      this.#reject = reject;
    });
    const draw = (): void => {
      this.#guard(() => undefined);
    };
    this.#terminal = new Terminal(options.terminal, {
      key: (name, character) => {
        this.#guard(() => {
          this.#key(name, character);
        });
      },
      click: ({ action, row }) => {
        this.#guard(() => {
          if (action === 'click') this.#focusOn(this.#shown()[this.#top + row - 2]);
          else this.#move(action === 'wheelUp' ? -1 : 1);
        });
      },
      resize: draw,
    });
    this.#refresh();
  }

  close(): void {
    this.#end(undefined);
  }

  #end(open: MonitorRow | undefined): void {
    if (this.#over) return;
    this.#leave();
    this.#settle({ open, sort: this.#sort, filter: this.#filter });
  }

  #leave(): void {
    this.#over = true;
    clearTimeout(this.#timer);
    this.#terminal.close();
  }

  #refresh(): void {
    this.#guard(() => {
      this.#rows = this.#options.rows();
    });
    if (this.#over) return;
    this.#timer = setTimeout(() => {
      this.#refresh();
    }, refreshMilliseconds);
  }

  /** Does something and draws what came of it. What fails ends the screen, after the terminal was given back. */
  #guard(act: () => void): void {
    if (this.#over) return;
    try {
      act();
      this.#draw();
    } catch (error) {
      this.#leave();
      this.#reject(error instanceof Error ? error : new Error(String(error)));
    }
  }

  #key(name: string, character: string | undefined): void {
    if (this.#prompt !== undefined) {
      if (this.#prompt.key(name, character)) this.#prompt = undefined;
      return;
    }
    const action = topActionOf(name);
    if (action !== undefined) this.#actions[action]();
  }

  readonly #actions: Readonly<Record<TopAction, () => void>> = {
    down: () => {
      this.#move(1);
    },
    up: () => {
      this.#move(-1);
    },
    pageDown: () => {
      this.#move(this.#height - 1);
    },
    pageUp: () => {
      this.#move(1 - this.#height);
    },
    first: () => {
      this.#move(-Infinity);
    },
    last: () => {
      this.#move(Infinity);
    },
    open: () => {
      const row = this.#shown()[this.#focus()];
      if (row?.file !== undefined) this.#end(row);
    },
    sortNext: () => {
      this.#sortBy(1);
    },
    sortPrevious: () => {
      this.#sortBy(-1);
    },
    filter: () => {
      const before = this.#filter;
      const set = (text: string): void => {
        this.#filter = text;
      };
      this.#prompt = new Prompt({
        label: '/',
        text: before,
        changed: set,
        done: set,
        cancelled: () => {
          set(before);
        },
      });
    },
    all: () => {
      this.#filter = '';
    },
    quit: () => {
      this.#end(undefined);
    },
  };

  #sortBy(step: number): void {
    const at = topColumns.findIndex(({ key }) => key === this.#sort);
    this.#sort = topColumns[(at + step + topColumns.length) % topColumns.length]?.key ?? this.#sort;
  }

  #shown(): readonly MonitorRow[] {
    const wanted = this.#filter.toLowerCase();
    return sortedRows(this.#rows, this.#sort).filter(({ name }) => name.toLowerCase().includes(wanted));
  }

  #focus(): number {
    return Math.max(
      0,
      this.#shown().findIndex((row) => nameOf(row) === this.#focused),
    );
  }

  #focusOn(row: MonitorRow | undefined): void {
    if (row !== undefined) this.#focused = nameOf(row);
  }

  #move(by: number): void {
    const shown = this.#shown();
    this.#focusOn(shown[Math.max(0, Math.min(shown.length - 1, this.#focus() + by))]);
  }

  /** Rows between the title, the heading and the last two lines. */
  get #height(): number {
    return Math.max(1, this.#terminal.height - 4);
  }

  #draw(): void {
    const { width } = this.#terminal;
    const shown = this.#shown();
    const focus = this.#focus();
    this.#top = Math.max(focus - this.#height + 1, Math.min(this.#top, focus));
    const columns = fittingColumns(width);
    const rows = shown.slice(this.#top, this.#top + this.#height).map((row, place): Line => {
      const line = { spans: [{ text: ' ' }, ...columns.map((column) => spanOf(column, row))] };
      return this.#top + place === focus ? { ...line, style: 'focus' } : line;
    });
    if (shown.length === 0) rows.push(plain(`  ${this.#nothing()}`, 'dim'));
    while (rows.length < this.#height) rows.push(plain(''));
    const prompt = this.#prompt?.draw(width);
    const bottom = prompt?.lines ?? [this.#status(shown.length), plain(hint, 'dim')];
    const lines = [plain(this.#title(), 'title'), headingOf(columns, this.#sort), ...rows, ...bottom];
    const drawn = lines.map((line) => drawLine(line, width, this.#theme));
    this.#terminal.draw(drawn, prompt && { row: lines.length - 1, column: prompt.column });
  }

  #title(): string {
    return ` qmptap top · ${this.#options.place}`;
  }

  #nothing(): string {
    return this.#rows.length === 0
      ? 'no monitor has a client that is recorded here'
      : 'no name has that text; Esc shows all';
  }

  #status(count: number): Line {
    const all = this.#rows.length;
    const pending = this.#rows.reduce((sum, row) => sum + row.pending, 0);
    const errors = this.#rows.reduce((sum, row) => sum + row.errors, 0);
    const rate = this.#rows.reduce((sum, row) => sum + row.rate, 0).toFixed(1);
    const filter = this.#filter === '' ? '' : ` · filter: ${this.#filter}`;
    const number = count === all ? counted(all, 'monitor') : `${count} of ${counted(all, 'monitor')}`;
    return plain(
      ` ${number} · ${pending} pending · ${counted(errors, 'error')} in the last minute · ${rate}/s${filter}`,
      'bold',
    );
  }
}

const hint = ' Enter open  < > sort  / filter  q quit';

/** Longer than this no command should wait: libvirt gives up after 30 s. */
const longWait = 1;

function spanOf(column: TopColumn, row: MonitorRow): Line['spans'][number] {
  const text = `${cell(column.text(row), column.width, column.align)}  `;
  if (column.key === 'waiting' && (row.oldest?.seconds ?? 0) >= longWait) return { text, style: 'slow' };
  if (column.key === 'errors' && row.errors > 0) return { text, style: 'error' };
  return { text };
}

function headingOf(columns: readonly TopColumn[], sort: TopSort): Line {
  const titles = columns.map(({ key, title, width, align }) =>
    cell(key === sort ? `${title}${sortSign}` : title, width, align),
  );
  return plain(cut(` ${titles.join('  ')}`, 1000), 'dim');
}

/** Columns that are narrower have as much room as they need. */
const longColumn = 20;
/** Left out on a narrow terminal, in this order. */
const dispensable: readonly TopSort[] = ['slowest', 'client', 'errors', 'held'];
/** With less of its width a long column says nothing. */
const leastShare = 0.6;

/** As many columns as have room; the long ones share what the others leave. */
function fittingColumns(width: number): readonly TopColumn[] {
  let columns: readonly TopColumn[] = topColumns;
  for (const key of dispensable) {
    if (shareOf(columns, width) >= leastShare) break;
    columns = columns.filter((column) => column.key !== key);
  }
  const share = Math.max(0, Math.min(2, shareOf(columns, width)));
  return columns.map((column) =>
    column.width < longColumn ? column : { ...column, width: Math.floor(column.width * share) },
  );
}

/** How much of their width the long columns can have. */
function shareOf(columns: readonly TopColumn[], width: number): number {
  const widthOf = (some: readonly TopColumn[]): number => some.reduce((sum, column) => sum + column.width, 0);
  const long = columns.filter((column) => column.width >= longColumn);
  const room = width - 1 - 2 * columns.length - widthOf(columns) + widthOf(long);
  return room / widthOf(long);
}
