/** A terminal in memory: what a program writes to it appears on a screen, what is typed reaches the program. */
import { PassThrough, Writable } from 'node:stream';
import type { ReadStream, WriteStream } from 'node:tty';
import xterm from '@xterm/headless';
import { until } from './until.js';

/** A terminal's lines as they are on the screen, without the blanks at their ends. */
export function linesOf({ buffer, rows }: xterm.Terminal): string[] {
  return Array.from({ length: rows }, (_, row) => {
    const line = buffer.active.getLine(buffer.active.viewportY + row);
    return line?.translateToString(true).trimEnd() ?? '';
  });
}

export class TestScreen {
  readonly input: ReadStream;
  readonly output: WriteStream;
  readonly env: Record<string, string>;
  /** All that was written. */
  written = '';
  readonly #terminal: xterm.Terminal;
  readonly #keys: PassThrough;

  constructor(columns = 80, rows = 24, env: Record<string, string> = { TERM: 'xterm-256color' }) {
    this.env = env;
    this.#terminal = new xterm.Terminal({ cols: columns, rows, allowProposedApi: true });
    this.#keys = new PassThrough();
    const setRawMode = (raw: boolean): void => {
      Object.assign(this.#keys, { isRaw: raw });
    };
    this.input = Object.assign(this.#keys, {
      isTTY: true,
      isRaw: false,
      setRawMode,
    }) as unknown as ReadStream;
    const output = new Writable({
      write: (chunk: Buffer, _encoding, done) => {
        this.written += chunk.toString();
        this.#terminal.write(chunk, done);
      },
    });
    this.output = Object.assign(output, { isTTY: true, columns, rows }) as unknown as WriteStream;
  }

  /** As if typed; `\u001b[A` and the like for special keys. */
  type(text: string): void {
    this.#keys.write(text);
  }

  resize(columns: number, rows: number): void {
    this.#terminal.resize(columns, rows);
    Object.assign(this.output, { columns, rows });
    this.output.emit('resize');
  }

  lines(): string[] {
    return linesOf(this.#terminal);
  }

  text(): string {
    return this.lines().join('\n');
  }

  /** Whether the alternate screen is shown. */
  get alternate(): boolean {
    return this.#terminal.buffer.active.type === 'alternate';
  }

  /** Whether keys reach the program one by one. */
  get raw(): boolean {
    return this.input.isRaw;
  }

  get cursor(): { row: number; column: number } {
    const { cursorX, cursorY } = this.#terminal.buffer.active;
    return { row: cursorY, column: cursorX };
  }

  /** The colour and the style of a cell, as xterm counts them. */
  cell(row: number, column: number): { text: string; colour: number; bold: boolean; inverse: boolean } {
    const cell = this.#terminal.buffer.active.getLine(row)?.getCell(column);
    return {
      text: cell?.getChars() ?? '',
      colour: cell?.isFgDefault() === false ? cell.getFgColor() : -1,
      bold: cell?.isBold() !== 0,
      inverse: cell?.isInverse() !== 0,
    };
  }

  /** Waits until the screen shows this. */
  async shows(what: string | RegExp): Promise<string> {
    try {
      return await until('the screen', () => {
        // Not in the middle of what is being drawn.
        if (this.output.writableLength > 0) return false;
        const text = this.text();
        return (typeof what === 'string' ? text.includes(what) : what.test(text)) && text;
      }, 5_000); // prettier-ignore
    } catch {
      throw new Error(`the screen never showed ${String(what)}:\n${this.text()}`);
    }
  }
}
