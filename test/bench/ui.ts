/**
 * How fast the terminal UI is on a million messages: the program itself in a pseudo-terminal, from the key
 * that is typed to the screen that shows what it did. A terminal emulator reads the screen meanwhile, so
 * its work is measured too.
 */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import xterm from '@xterm/headless';
import { type IPty, spawn } from '@lydell/node-pty';
import { type Measurement, quantile, type Race } from './race.js';
import { million } from './reading.js';

const main = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));
const columns = 120;
const rows = 40;
/** The title, the heading, the status and the last line are no messages. */
const listed = rows - 4;

/** Whether a screen is as it should be. */
type Looks = (lines: readonly string[]) => boolean;

/** The program on its screen. */
class Screen {
  readonly #terminal = new xterm.Terminal({ cols: columns, rows, allowProposedApi: true });
  readonly #pty: IPty;
  #changed = (): void => undefined;

  constructor(path: string) {
    this.#pty = spawn(process.execPath, [main, 'ui', path], { cols: columns, rows, name: 'xterm-256color' });
    this.#pty.onData((data) => {
      this.#terminal.write(data, () => {
        this.#changed();
      });
    });
  }

  lines(): string[] {
    const { active } = this.#terminal.buffer;
    return Array.from({ length: rows }, (_, row) => active.getLine(row)?.translateToString(true) ?? '');
  }

  /** Types, and gives the milliseconds until the screen is as it should be. */
  async until(right: Looks, keys = ''): Promise<number> {
    const since = performance.now();
    if (keys !== '') this.#pty.write(keys);
    await new Promise<void>((resolve, reject) => {
      const late = setTimeout(() => {
        reject(new Error(`the screen is wrong:\n${this.lines().join('\n')}`));
      }, 60_000);
      this.#changed = () => {
        if (!right(this.lines())) return;
        clearTimeout(late);
        resolve();
      };
    });
    return performance.now() - since;
  }

  /** The most memory that it ever had, in MB. */
  memory(): number {
    const status = readFileSync(`/proc/${this.#pty.pid}/status`, 'utf8');
    return Number(/VmHWM:\s*(\d+)/.exec(status)?.[1]) / 1000;
  }

  async close(): Promise<void> {
    const ended = new Promise((resolve) => this.#pty.onExit(resolve));
    this.#pty.kill('SIGTERM');
    await ended;
  }
}

const shows =
  (text: string): Looks =>
  (lines) =>
    lines.some((line) => line.includes(text));
const all =
  (pattern: RegExp): Looks =>
  (lines) =>
    lines.slice(2, 2 + listed).every((line) => pattern.test(line));

/** Once through everything, for all contenders: each asks for its own figure. */
type Figure = (typeof contenders)[keyof typeof contenders];
let walk: Partial<Record<Figure, number>> = {};

async function walked(): Promise<Record<Figure, number>> {
  const path = million();
  const screen = new Screen(path);
  const first = await screen.until(all(/ (->|<-) \w /));
  const keys: number[] = [];
  for (let at = 2; at <= 40; at++) keys.push(await screen.until(shows(` ${at}/1000000`), 'j'));
  const pages: number[] = [];
  for (let page = 1; page <= 20; page++) {
    pages.push(await screen.until(shows(` ${40 + page * (listed - 1)}/1000000`), '\u001b[6~'));
  }
  const end = await screen.until(shows(' 1000000/1000000'), 'G');
  const name = await screen.until(all(/ V RTC_CHANGE /), '/event:RTC_CHANGE');
  await screen.until(shows('Enter open'), '\r');
  await screen.until((lines) => !all(/ V RTC_CHANGE /)(lines), '\u001b');
  const text = await screen.until(all(/virtio7/), '/virtio7');
  await screen.until(shows('Enter open'), '\r');
  const nothing = await screen.until(shows('no message matches'), '/\u0015no-such-text');
  await screen.until(shows('Enter open'), '\r');
  await screen.until((lines) => !shows('no message matches')(lines), '\u001b');
  const statistics = await screen.until(shows('statistics: 1000000 messages'), 'S');
  const memory = screen.memory();
  await screen.close();
  return { first, key: quantile(keys), page: quantile(pages), end, name, text, nothing, statistics, memory };
}

const contenders = {
  'first screen, from start': 'first',
  'one down': 'key',
  'a page down': 'page',
  'to the end': 'end',
  'a filter by name': 'name',
  'a filter by text': 'text',
  'a filter that matches nothing': 'nothing',
  statistics: 'statistics',
  memory: 'memory',
} as const;

/** Each figure of a walk is taken once. */
async function take(figure: Figure): Promise<Measurement> {
  if (walk[figure] === undefined) walk = await walked();
  const value = walk[figure] ?? NaN;
  walk = { ...walk, [figure]: undefined };
  return figure === 'memory' ? { memory: value } : { time: value };
}

export const ui: readonly Race[] = [
  {
    name: 'the screen',
    about: 'a million messages in a pseudo-terminal',
    rounds: 3,
    metrics: [
      { name: 'time', unit: 'ms', field: 'time' },
      { name: 'memory', unit: 'MB', field: 'memory' },
    ],
    contenders: new Map(Object.entries(contenders).map(([name, field]) => [name, () => take(field)])),
  },
];
