/**
 * What `socat -v` and `socat -x` print: a header for each chunk, then its bytes as text with escapes, in hexadecimal,
 * or both side by side. `>` is from the first address to the second.
 */
import type { Direction } from '../../recording/message.js';
import type { Clock } from '../reading/clock.js';

const header = /^([<>]) (\d{4}\/\d\d\/\d\d \d\d:\d\d:\d\d)\.(\d+) {2}length=(\d+) from=\d+ to=\d+$/;

/** Sixteen bytes of a dump, perhaps with their text behind them. */
const hexadecimal = /^ ((?:[0-9a-f]{2} ){1,16})(?: .*)?$/;

export type Give = (dir: Direction, micros: number | undefined, text: string, line: number) => void;

export class SocatDump {
  readonly #clock: Clock;
  readonly #give: Give;
  #chunk:
    | { readonly dir: Direction; readonly micros: number | undefined; readonly line: number; left: number }
    | undefined;
  #hex = '';

  constructor(clock: Clock, give: Give) {
    this.#clock = clock;
    this.#give = give;
  }

  /** Whether chunks are being read: their direction is then that of all they hold. */
  get isOpen(): boolean {
    return this.#chunk !== undefined;
  }

  /** Whether the line is one of a dump. */
  line(text: string, number: number): boolean {
    const found = header.exec(text.trimEnd());
    if (found !== null) {
      this.#flush();
      const [, arrow, time = '', fraction = '', length] = found;
      // Six digits; since 1.7.4 the microseconds stand at the end of nine.
      const micros = this.#clock.read(`${time}.${fraction.length === 9 ? fraction.slice(3) : fraction}`);
      this.#chunk = { dir: arrow === '>' ? 'c2s' : 's2c', micros, line: number, left: Number(length) };
      return true;
    }
    const chunk = this.#chunk;
    if (chunk === undefined) return false;
    const dump =
      hexadecimal.exec(`${text.trimEnd()} `.replace(/ +$/, ' '))?.[1] ?? hexadecimal.exec(text)?.[1];
    if (dump !== undefined && chunk.left > 0) {
      const bytes = dump.trim().split(' ').slice(0, chunk.left);
      chunk.left -= bytes.length;
      this.#hex += bytes.map((byte) => String.fromCharCode(Number.parseInt(byte, 16))).join('');
      return true;
    }
    if (/^-+$/.test(text)) return true;
    this.#give(chunk.dir, chunk.micros, unescaped(text), number);
    return true;
  }

  end(): void {
    this.#flush();
  }

  #flush(): void {
    const chunk = this.#chunk;
    const hex = this.#hex;
    this.#hex = '';
    if (chunk === undefined || hex === '') return;
    for (const line of hex.split('\n')) {
      if (line.trim() !== '') this.#give(chunk.dir, chunk.micros, line.replace(/\r$/, ''), chunk.line);
    }
  }
}

/** A line feed is printed as one. */
function unescaped(text: string): string {
  if (!text.includes('\\')) return text;
  return text.replace(/\\(.)/g, (all, unit: string) =>
    unit === 'r' || unit === 'n' ? '' : unit === 't' ? '\t' : unit === '\\' ? '\\' : all,
  );
}
