/** A program in a real pseudo-terminal, with the screen that it draws. */
import xterm from '@xterm/headless';
import { type IPty, spawn } from '@lydell/node-pty';
import { onTestFinished } from 'vitest';
import { linesOf } from './screen.js';
import { until } from './until.js';

export interface PtyOptions {
  readonly columns?: number;
  readonly rows?: number;
  readonly env?: Record<string, string>;
  readonly cwd?: string;
}

export class PtyScreen {
  /** The exit code and the signal's number. */
  readonly ended: Promise<{ exitCode: number; signal?: number | undefined }>;
  /** All that was written. */
  written = '';
  readonly #terminal: xterm.Terminal;
  readonly #pty: IPty;

  /** Starts the program, and ends it with the test if it still runs then. */
  constructor(file: string, args: string[], options: PtyOptions = {}) {
    const { columns = 100, rows = 30, env = {}, cwd = process.cwd() } = options;
    this.#terminal = new xterm.Terminal({ cols: columns, rows, allowProposedApi: true });
    this.#pty = spawn(file, args, {
      name: env['TERM'] ?? 'xterm-256color',
      cols: columns,
      rows,
      cwd,
      env: { ...(process.env as Record<string, string>), LC_ALL: 'C.UTF-8', ...env },
    });
    this.#pty.onData((data) => {
      this.written += data;
      this.#terminal.write(data);
    });
    let over = false;
    this.ended = new Promise((resolve) => {
      this.#pty.onExit((end) => {
        over = true;
        resolve(end);
      });
    });
    onTestFinished(async () => {
      if (!over) this.#pty.kill('SIGKILL');
      await this.ended;
    });
  }

  get pid(): number {
    return this.#pty.pid;
  }

  type(text: string): void {
    this.#pty.write(text);
  }

  /** Types in the moment in which the program has written this. */
  answer(written: string, text: string): void {
    const { length } = this.written;
    const listening = this.#pty.onData(() => {
      if (!this.written.includes(written, length)) return;
      listening.dispose();
      this.type(text);
    });
  }

  /** Closes the terminal, as its window or a connection that breaks does. */
  hangUp(): void {
    (this.#pty as IPty & { destroy(): void }).destroy();
  }

  signal(name: NodeJS.Signals): void {
    process.kill(this.#pty.pid, name);
  }

  resize(columns: number, rows: number): void {
    this.#terminal.resize(columns, rows);
    this.#pty.resize(columns, rows);
  }

  text(): string {
    return linesOf(this.#terminal).join('\n');
  }

  get alternate(): boolean {
    return this.#terminal.buffer.active.type === 'alternate';
  }

  /** Waits until the screen shows this. */
  async shows(what: string | RegExp): Promise<string> {
    try {
      const found = (text: string): boolean =>
        typeof what === 'string' ? text.includes(what) : what.test(text);
      return await until('the screen', () => found(this.text()) && this.text(), 45_000);
    } catch {
      throw new Error(`the screen never showed ${String(what)}:\n${this.text()}`);
    }
  }
}
