/** A guest that is started from a disk, and does what it is told through a port of its own: it has no network. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { createInterface, type Interface } from 'node:readline';
import { until } from '../../support/until.js';
import type { Image } from './image.js';
import type { Machine, Ran } from './machine.js';

export type Accelerator = 'kvm' | 'tcg';

export interface GuestOptions {
  /** For its socket and what its console says. */
  readonly folder: string;
  readonly image: Image;
  readonly accelerator: Accelerator;
  /** More of the kernel's command line. */
  readonly kernel: readonly string[];
}

/** Milliseconds that a guest may take to start, and a command in it, where both are emulated on a busy machine. */
const patience = { boot: 20 * 60_000, command: 10 * 60_000 };

/** QEMU 7.2 was seen to crash such a guest with two, and to be no faster. */
const cpus = '1';

export class Guest implements Machine {
  /** Undefined: it was running before, and goes on. */
  readonly #process: ChildProcess | undefined;
  readonly #socket: Socket;
  readonly #lines: Interface;
  readonly #console: string;
  #asked = 0;

  private constructor(process: ChildProcess | undefined, socket: Socket, console: string) {
    this.#process = process;
    this.#socket = socket;
    this.#lines = createInterface({ input: socket });
    this.#console = console;
  }

  /** Boots, and waits until it takes commands. */
  static async boot({ folder, image, accelerator, kernel }: GuestOptions): Promise<Guest> {
    const [port, console] = placesIn(folder);
    const child = spawn(
      'nice',
      [
        ...['-n', '5', 'qemu-system-x86_64', ...machine(accelerator, image, kernel)],
        ...['-serial', `file:${console}`, '-chardev', `socket,id=lab,path=${port},server=on,wait=off`],
        ...['-device', 'virtio-serial-pci', '-device', 'virtserialport,chardev=lab,name=lab'],
      ],
      { stdio: ['ignore', 'inherit', 'inherit'], detached: true },
    );
    await until('QEMU to listen', () => existsSync(port));
    const guest = new Guest(child, await connected(port), console);
    await guest.#answer('boot', patience.boot);
    return guest;
  }

  /** One that was left to run. */
  static async join(folder: string): Promise<Guest> {
    const [port, console] = placesIn(folder);
    return new Guest(undefined, await connected(port), console);
  }

  /** Lets it run when we end. */
  leave(): void {
    this.#process?.unref();
    this.#socket.destroy();
  }

  /** Runs a script of bash there, as root. */
  async run(script: string): Promise<Ran> {
    const number = `${String(process.pid)}.${String((this.#asked += 1))}`;
    this.#socket.write(`${number} ${Buffer.from(script).toString('base64')}\n`);
    for (;;) {
      const [answered, code, output = ''] = (await this.#answer(script, patience.command)).split(' ');
      if (answered !== number) continue; // to one before us, which was killed
      return { code: Number(code), output: Buffer.from(output, 'base64').toString() };
    }
  }

  async #answer(what: string, limit: number): Promise<string> {
    const late = AbortSignal.timeout(limit);
    try {
      const [line] = (await Promise.race([
        once(this.#lines, 'line', { signal: late }),
        once(this.#lines, 'close', { signal: late }), // with QEMU
      ])) as [string | undefined];
      if (line !== undefined) return line;
    } catch {
      // Too late.
    }
    throw new Error(`the guest does not answer to: ${what}\n${this.console().slice(-3000)}`);
  }

  /** What its kernel and its first process have said. */
  console(): string {
    return readFileSync(this.#console, 'utf8');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#socket.destroy();
    if (this.#process === undefined || this.#process.exitCode !== null) return;
    const ended = once(this.#process, 'exit');
    this.#process.kill('SIGKILL');
    await ended;
  }
}

/** The port's socket, and what the console has said. */
function placesIn(folder: string): [port: string, console: string] {
  return [join(folder, 'commands.sock'), join(folder, 'console')];
}

async function connected(port: string): Promise<Socket> {
  const socket = connect(port);
  await once(socket, 'connect');
  return socket;
}

function machine(
  accelerator: Accelerator,
  { disk, kernel, ramDisk }: Image,
  more: readonly string[],
): string[] {
  const append = [
    ...['root=/dev/vda', 'rw', 'console=ttyS0', 'systemd.show_status=no', 'quiet', 'loglevel=3'],
    ...['mitigations=off', 'nokaslr', 'audit=1', 'audit_backlog_limit=8192', ...more],
  ];
  const accelerated =
    accelerator === 'kvm'
      ? ['-accel', 'kvm', '-cpu', 'host']
      : ['-accel', 'tcg,tb-size=1024', '-cpu', 'Nehalem'];
  return [
    ...accelerated,
    ...['-smp', cpus, '-m', '2048', '-nodefaults', '-display', 'none', '-no-reboot'],
    ...['-kernel', kernel, '-initrd', ramDisk, '-append', append.join(' ')],
    ...['-drive', `file=${disk},if=virtio,format=raw,cache=unsafe`, '-device', 'virtio-rng-pci'],
  ];
}

/** Some machines have a /dev/kvm that does not boot an ordinary kernel: this one is tried. */
export function accelerator({ kernel }: Pick<Image, 'kernel'>): Accelerator {
  const tried = spawnSync(
    'qemu-system-x86_64',
    [
      ...['-accel', 'kvm', '-cpu', 'host', '-m', '256', '-nodefaults', '-display', 'none', '-no-reboot'],
      ...['-kernel', kernel, '-append', 'console=ttyS0 panic=-1', '-serial', 'stdio'],
    ],
    { encoding: 'utf8', timeout: 15_000, killSignal: 'SIGKILL', stdio: ['ignore', 'pipe', 'ignore'] },
  );
  return tried.stdout.includes('Linux version') ? 'kvm' : 'tcg';
}
