/**
 * A stand-in for systemd, as far as a service with a descriptor store sees it: the same messages and variables over
 * the same kinds of sockets (sd_notify(3), sd_listen_fds(3)), and a restart whenever the service ends.
 */
import { closeSync, fstatSync } from 'node:fs';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { DatagramReceiver } from '../../src/transport/notify/datagram.js';
import { type Running, start } from './process.js';
import { until } from './until.js';

export class ServiceManager {
  readonly #command: readonly string[];
  readonly #address: string;
  readonly #receiver: DatagramReceiver;
  readonly #store: { readonly name: string; readonly fd: number }[] = [];
  #readies = 0;

  constructor(folder: string, command: readonly string[]) {
    this.#command = command;
    this.#address = join(folder, 'notify.sock');
    this.#receiver = new DatagramReceiver(this.#address, (text, fds) => {
      this.#hear(text, fds);
    });
    onTestFinished(() => {
      this.#receiver.close();
      this.stop();
    });
  }

  /** What is stored, by name. */
  get names(): string[] {
    this.#receiver.drain();
    return this.#store.map(({ name }) => name).sort();
  }

  /** Starts the service, with what is stored; resolves when it says that it is ready. */
  async start(): Promise<Running> {
    const readies = this.#readies;
    const service = this.spawn(this.#command);
    await until(`the service to be ready; it said ${service.stderr()}`, () => this.#readies > readies);
    return service;
  }

  /** Starts this command as the service, with what is stored. */
  spawn(command: readonly string[]): Running {
    this.#receiver.drain();
    return start('sh', ['-c', 'export LISTEN_PID=$$; exec "$@"', 'sh', ...command], {
      stdio: ['ignore', 'pipe', 'pipe', ...this.#store.map(({ fd }) => fd)],
      env: {
        ...process.env,
        NOTIFY_SOCKET: this.#address,
        LISTEN_FDS: String(this.#store.length),
        LISTEN_FDNAMES: this.#store.map(({ name }) => name).join(':'),
      },
    });
  }

  /** What systemd before 254 does at a stop: all copies are closed. */
  stop(): void {
    for (const { fd } of this.#store.splice(0)) closeSync(fd);
  }

  #hear(text: string, fds: readonly number[]): void {
    const words = new Map(text.split('\n').map((line) => line.split('=') as [string, string]));
    const name = words.get('FDNAME') ?? 'stored';
    if (words.get('READY') === '1') this.#readies++;
    for (const fd of fds) {
      // systemd keeps one copy of a file (same_fd).
      const same = this.#store.some((one) => fstatSync(one.fd).ino === fstatSync(fd).ino);
      if (words.get('FDSTORE') === '1' && !same) this.#store.push({ name, fd });
      else closeSync(fd);
    }
    if (words.get('FDSTOREREMOVE') !== '1') return;
    for (const stored of this.#store.filter((one) => one.name === name)) {
      this.#store.splice(this.#store.indexOf(stored), 1);
      closeSync(stored.fd);
    }
  }
}
