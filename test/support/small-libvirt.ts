/**
 * What libvirt is to a QEMU, without libvirt: starts an emulator with a listening monitor, connects to it, and
 * takes a monitor that closes for the end of the VM. Needs python3, which can hand on a listening socket.
 */
import { join } from 'node:path';
import { negotiated, type QmpClient } from './qmp-client.js';
import { keepersWith } from './keepers.js';
import { commandLineOf, processesOf } from './libvirt.js';
import { start, type Running } from './process.js';
import { until } from './until.js';

/** Listens on descriptor 7 and becomes the program: arguments: the socket, the program and its arguments. */
const listenAndBecome = `import os,socket,sys
s=socket.socket(socket.AF_UNIX); s.bind(sys.argv[1]); s.listen(1); os.dup2(s.fileno(),7)
os.execvp(sys.argv[2],sys.argv[2:])`;

const monitor = [
  ...['-chardev', 'socket,id=charmonitor,fd=7,server=on,wait=off'],
  ...['-mon', 'chardev=charmonitor,id=monitor,mode=control'],
];

export class SmallVm {
  readonly running: Running;
  readonly path: string;
  readonly recordings: string;
  #client: QmpClient | undefined;

  /** The emulator records to `recordings`. */
  constructor(folder: string, emulator: string, recordings: string, args: readonly string[] = []) {
    this.path = join(folder, 'monitor.sock');
    this.recordings = recordings;
    const qemu = ['-name', 'guest=vm', '-machine', 'none', '-nodefaults', '-display', 'none', ...monitor];
    this.running = start('python3', ['-c', listenAndBecome, this.path, emulator, ...qemu, ...args]);
  }

  async connect(): Promise<void> {
    this.#client = await until('the monitor', () => negotiated(this.path).catch(() => undefined));
  }

  /** Waits until the monitor answers; it is given as long as a recorder needs to start. */
  async answers(id: string): Promise<void> {
    this.#client?.execute('query-status', undefined, id);
    await this.#client?.receives(new RegExp(`"${id}"`));
  }

  /** Whether it is still connected. */
  get lives(): boolean {
    return this.#client?.closed === false && !this.#client.socket.readableEnded;
  }

  /** The recorder's process; waits for one. */
  recorder(): Promise<number> {
    return until('a recorder', () => this.#recorders()[0]);
  }

  keepers(): number[] {
    return keepersWith(this.recordings);
  }

  /** Waits for a recorder with a keeper that is whole. */
  async settled(): Promise<number> {
    await until(
      'a recorder and its keeper',
      () => this.#recorders().length === 1 && this.keepers().length === 2,
    );
    return this.recorder();
  }

  /** Ends QEMU; waits until nothing is left of it. */
  async end(): Promise<void> {
    this.running.signal('SIGKILL');
    await this.running.ended;
    await until('all helpers to end', () => processesOf(this.recordings).length === 0);
  }

  #recorders(): number[] {
    return processesOf(this.recordings).filter((pid) => {
      const command = commandLineOf(pid);
      return / interpose /.test(command) && !command.includes('qmptap-keeper');
    });
  }
}
