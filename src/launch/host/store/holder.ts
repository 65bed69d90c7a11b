/**
 * Where no systemd keeps a host's sockets, a process of ours does: it speaks the same protocol (sd_notify(3)), and
 * does the same when the host dies: it starts the host again, and gives the sockets to it (sd_listen_fds(3)).
 */
import { spawn } from 'node:child_process';
import { closeSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { DatagramReceiver } from '../../../transport/notify/datagram.js';
import { watchProcess } from '../../../transport/unix/process-end.js';
import { storeVariables } from './socket-store.js';

export interface HolderOptions {
  /** Where the host sends its sockets. */
  readonly address: string;
  /** The host's process. */
  readonly pid: number;
  /** The command line of a host that goes on. */
  readonly command: readonly [string, ...string[]];
  /** One line for the user. */
  readonly trouble: (line: string) => void;
}

/** Pauses before another host is started after one that never got ready, ms. */
const firstPauseMs = 1_000;
const longestPauseMs = 60_000;

export class Holder {
  readonly #options: HolderOptions;
  readonly #receiver: DatagramReceiver;
  readonly #sockets = new Map<string, number[]>();
  /** Hosts in a row that have ended before they were ready. */
  #failures = 0;

  /** Holds from now on. @throws ConnectError if it cannot listen at the address */
  constructor(options: HolderOptions) {
    this.#options = options;
    this.#receiver = new DatagramReceiver(options.address, (text, fds) => {
      this.#hear(text, fds);
    });
  }

  /** Resolves when a host has ended, and has left nothing to hold. */
  async run(): Promise<void> {
    let ended = processEnd(this.#options.pid);
    for (;;) {
      const why = await ended;
      this.#receiver.drain();
      if (this.#sockets.size === 0) break;
      const pause =
        this.#failures === 0 ? 0 : Math.min(firstPauseMs * 2 ** (this.#failures - 1), longestPauseMs);
      const soon = pause === 0 ? '' : ` in ${pause / 1000} s`;
      this.#options.trouble(`the host has ended${why}; its VMs go on, and another host is started${soon}`);
      this.#failures++;
      if (pause > 0) await sleep(pause);
      ended = this.#startHost();
    }
    this.#receiver.close();
  }

  /** Gives why it has ended, once it has. */
  #startHost(): Promise<string> {
    const [program, ...args] = this.#options.command;
    const names = [...this.#sockets].flatMap(([name, fds]) => fds.map(() => name));
    const fds = [...this.#sockets.values()].flat();
    const env = {
      ...process.env,
      [storeVariables.address]: this.#options.address,
      [storeVariables.holder]: String(process.pid),
      [storeVariables.count]: String(fds.length),
      [storeVariables.names]: names.join(':'),
    };
    return new Promise((resolve) => {
      try {
        const child = spawn(program, args, {
          stdio: ['ignore', 'inherit', 'inherit', ...fds],
          detached: true,
          env,
        });
        child.once('error', (error) => {
          resolve(` (${error.message})`);
        });
        child.once('exit', (code, signal) => {
          resolve(signal === null ? ` with ${code ?? ''}` : ` by ${signal}`);
        });
      } catch (error) {
        resolve(` (${(error as Error).message})`); // too many files are open
      }
    });
  }

  #hear(text: string, fds: number[]): void {
    const words = new Map(text.split('\n').map((line) => line.split(/=(.*)/s, 2) as [string, string]));
    const name = words.get('FDNAME') ?? '';
    const isStored = words.get('FDSTORE') === '1';
    if (words.get('READY') === '1') this.#failures = 0;
    if (isStored || words.get('FDSTOREREMOVE') === '1') {
      for (const fd of this.#sockets.get(name) ?? []) closeSync(fd);
      this.#sockets.delete(name);
    }
    if (isStored && fds.length > 0) this.#sockets.set(name, fds);
    else for (const fd of fds) closeSync(fd);
  }
}

function processEnd(pid: number): Promise<string> {
  return new Promise((resolve) => {
    watchProcess(pid, () => {
      resolve('');
    });
  });
}
