/**
 * The host's side of its holder: starts one, and another if that dies, so that of the two either is enough.
 */
import { spawn } from 'node:child_process';
import { type ProcessWatch, watchProcess } from '../../../transport/unix/process-end.js';

export interface OwnHolderOptions {
  /** The command line of a program that makes a `Holder`, and writes a byte to descriptor 3 when it holds. */
  readonly command: readonly [string, ...string[]];
  /** The process of the holder that started us. */
  readonly running: number | undefined;
  /** Called when another holder runs, which has nothing yet. */
  readonly renewed: () => void;
  /** One line for the user. */
  readonly trouble: (line: string) => void;
}

/** How long a holder may take until it holds. */
const patienceMs = 30_000;
const firstPauseMs = 100;
const longestPauseMs = 30_000;

export class OwnHolder {
  readonly #options: OwnHolderOptions;
  #pause = firstPauseMs;
  #retry: NodeJS.Timeout | undefined;
  #watch: ProcessWatch | undefined;
  #closed = false;

  constructor(options: OwnHolderOptions) {
    this.#options = options;
  }

  /** Resolves when a holder holds, or could not be started, which has been told then. */
  async start(): Promise<void> {
    const { running } = this.#options;
    if (running !== undefined) this.#follow(running);
    else await this.#begin();
  }

  /** Starts no other. The one that runs ends with this process, if it has nothing to hold then. */
  close(): void {
    this.#closed = true;
    clearTimeout(this.#retry);
    this.#watch?.close();
  }

  async #begin(): Promise<boolean> {
    const pid = await this.#spawn();
    if (pid === undefined) {
      this.#again();
      return false;
    }
    this.#pause = firstPauseMs;
    this.#follow(pid);
    return true;
  }

  #follow(pid: number): void {
    this.#watch = watchProcess(pid, () => {
      if (!this.#closed) void this.#renew();
    });
  }

  async #renew(): Promise<void> {
    if (await this.#begin()) this.#options.renewed();
  }

  #again(): void {
    this.#retry = setTimeout(() => {
      if (!this.#closed) void this.#renew();
    }, this.#pause);
    this.#retry.unref();
    this.#pause = Math.min(this.#pause * 2, longestPauseMs);
  }

  /** The holder's process, once it holds; undefined if that failed. */
  #spawn(): Promise<number | undefined> {
    const [program, ...args] = this.#options.command;
    return new Promise((resolve) => {
      const failed = (why: string): void => {
        clearTimeout(late);
        if (this.#pause === firstPauseMs)
          this.#options.trouble(
            `a kill of this process would end its VMs: its holder cannot be started (${why})`,
          );
        resolve(undefined);
      };
      const child = spawn(program, args, {
        stdio: ['ignore', 'inherit', 'inherit', 'pipe'],
        detached: true,
      });
      const late = setTimeout(() => child.kill('SIGKILL'), patienceMs);
      const ready = child.stdio[3];
      ready?.once('data', () => {
        clearTimeout(late);
        child.removeAllListeners('exit'); // its end is watched by its number from now on
        ready.destroy();
        resolve(child.pid);
      });
      ready?.on('error', () => undefined);
      child.once('error', (error) => {
        failed(error.message);
      });
      child.once('exit', (code, signal) => {
        failed(`it ended with ${signal ?? `code ${code ?? ''}`}`);
      });
      child.unref();
    });
  }
}
