/**
 * Lines for the user on standard error. A program that forwards traffic never waits for their reader: lines that
 * are not taken are kept, up to a limit, and then counted.
 */
import { isatty } from 'node:tty';
import { forTerminal } from './sanitise.js';
import { Outlet } from './nonblocking-output.js';

/** Lines kept for a slow reader; further ones are left out and counted. */
const mostKept = 1_000;
/** How often to try again. */
const interval = 100;
/** How long the end waits for a reader that is only slow. */
const lastPatience = 1_000;

let queue: Queue | undefined;
/** Another program has the terminal. */
let held = false;

/** From now on, writing to standard error never waits for its reader. For programs that forward traffic. */
export function neverWaitForReader(): void {
  if (queue !== undefined) return;
  const created = new Queue();
  queue = created;
  process.once('exit', () => {
    created.end();
  });
}

/** Writes to standard error; while another program has the terminal, keeps the text. */
export function writeDiagnostics(text: string): void {
  const safe = isatty(2) ? forTerminal(text) : text;
  if (queue !== undefined) queue.write(safe);
  else process.stderr.write(safe);
}

/** Keeps lines back while another program has the screen; returns the function that writes them. */
export function holdLines(): () => void {
  neverWaitForReader();
  held = isatty(2);
  return () => {
    held = false;
    queue?.flush();
  };
}

/** A line on standard error from a program that has nothing else to say. Lost if it is not taken at once. */
export function tellOnce(line: string): void {
  const outlet = new Outlet(2);
  outlet.write(Buffer.from(`${line}\n`));
  outlet.close();
}

class Queue {
  readonly #outlet = new Outlet(2);
  readonly #lines: Buffer[] = [];
  #left = 0;
  #timer: NodeJS.Timeout | undefined;

  write(text: string): void {
    if (this.#lines.length >= mostKept) this.#left += 1;
    else this.#lines.push(Buffer.from(text));
    this.flush();
  }

  /** Writes what is taken; true if that was all. */
  flush(): boolean {
    if (held) return false;
    for (let line = this.#lines[0]; line !== undefined; line = this.#lines[0]) {
      const taken = this.#outlet.write(line);
      if (taken < line.length) {
        this.#lines[0] = line.subarray(taken);
        this.#later();
        return false;
      }
      this.#lines.shift();
      if (this.#lines.length === 0 && this.#left > 0) {
        this.#lines.push(Buffer.from(`qmptap: ${this.#left} more lines were left out here\n`));
        this.#left = 0;
      }
    }
    return true;
  }

  end(): void {
    held = false;
    const end = performance.now() + lastPatience;
    while (!this.flush() && performance.now() < end) {
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 10);
    }
  }

  #later(): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      this.flush();
    }, interval).unref();
  }
}
