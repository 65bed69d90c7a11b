/**
 * libvirt itself: how long its start of a VM takes without qmptap, recorded, and replayed with no QEMU
 * at all; and how fast that recording is replayed to a client that does nothing else. Under a libvirtd of
 * its own, as in the tests.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { openRecording } from '../../dist/store/index/open.js';
import { freshFolder, play, start, stop } from './load.js';
import { Libvirt } from '../support/libvirt.js';
import type { Measurement, Race } from './race.js';
import { isInstalled, qmptap } from './relays.js';

const programs = ['libvirtd', 'virsh', 'qemu-system-x86_64', 'qemu-img', 'unshare', 'bash'];
const absent = programs.filter((program) => !isInstalled(program));
const missing =
  absent.length > 0
    ? `not installed: ${absent.join(', ')}`
    : process.getuid?.() === 0
      ? undefined
      : 'only root can have a libvirtd of its own';

function emulator(path: string, ...flags: string[]): string {
  execFileSync(process.execPath, [qmptap, 'emulator', path, ...flags], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  return path;
}

type Way = 'plain' | 'recorded' | 'replayed';

/** As many as one lab measures. */
const rounds = 5;

/** Everything that takes a daemon, once for all rounds: VMs without qmptap and recorded, then replayed. */
class Lab {
  readonly #libvirt: Libvirt;
  readonly #times: Readonly<Record<Way, number[]>> = { plain: [], recorded: [], replayed: [] };
  recording = '';

  private constructor(libvirt: Libvirt) {
    this.#libvirt = libvirt;
  }

  static async run(): Promise<Lab> {
    const lab = new Lab(await Libvirt.start());
    await lab.#run();
    return lab;
  }

  async #run(): Promise<void> {
    const libvirt = this.#libvirt;
    try {
      const recordings = join(libvirt.files, 'recordings');
      const qemu = execFileSync('sh', ['-c', 'command -v qemu-system-x86_64'], { encoding: 'utf8' }).trim();
      const path = emulator(
        join(libvirt.files, 'emulator'),
        '--qemu',
        qemu,
        '--recordings',
        recordings,
        '--probe',
      );
      await libvirt.define('plain', qemu);
      await libvirt.define('vm', path);
      for (const name of ['plain', 'vm']) await this.#life(name); // the capabilities of both are known then
      for (let round = 0; round < rounds; round++) {
        this.#times.plain.push(await this.#life('plain'));
        this.#times.recorded.push(await this.#life('vm'));
      }
      await this.#isWhole(recordings);
      this.recording = join(freshFolder(), 'start.qmptap');
      spawnSync('cp', [newest(recordings), this.recording]);
      await libvirt.kill();
      libvirt.hideQemu();
      emulator(path, '--replay', recordings);
      await libvirt.begin();
      await this.#life('vm');
      for (let round = 0; round < rounds; round++) this.#times.replayed.push(await this.#life('vm'));
    } finally {
      await libvirt[Symbol.asyncDispose]();
    }
  }

  has(which: Way): boolean {
    return this.#times[which].length > 0;
  }

  take(which: Way): Measurement {
    return { time: this.#times[which].shift() ?? NaN };
  }

  /** Starts a VM, which is timed, and ends it. */
  async #life(name: string): Promise<number> {
    const since = performance.now();
    await this.#libvirt.virsh('start', name);
    const time = performance.now() - since;
    await this.#libvirt.virsh('destroy', name);
    return time;
  }

  async #isWhole(recordings: string): Promise<void> {
    while (readdirSync(recordings).some((file) => !file.endsWith('.qmptap'))) await sleep(20);
  }
}

const newest = (folder: string): string =>
  join(
    folder,
    readdirSync(folder)
      .filter((file) => /-vm(?:-\d+)?\.qmptap$/.test(file))
      .sort()
      .at(-1) ?? '',
  );

let lab: Lab | undefined;
const inLab = async (): Promise<Lab> => (lab ??= await Lab.run());

/** With more rounds than one lab has times for, in a new one. */
async function timeOf(way: Way): Promise<Measurement> {
  if (!(await inLab()).has(way)) lab = await Lab.run();
  return (await inLab()).take(way);
}

/** What was said, for `load play`: of each message its direction and length, then its bytes. */
async function conversation(): Promise<string> {
  const { recording } = await inLab();
  const reader = openRecording(recording);
  const path = join(freshFolder(), 'conversation');
  const pieces: Uint8Array[] = [];
  for (const { dir, raw } of reader.messages({ session: 1 })) {
    const head = Buffer.alloc(4);
    head.writeUInt32LE(raw.length * 2 + (dir === 'c2s' ? 0 : 1));
    pieces.push(head, raw);
  }
  reader.close();
  writeFileSync(path, Buffer.concat(pieces));
  return path;
}

const times = 20;

async function playedByC(): Promise<Measurement> {
  return play(join(freshFolder(), 'listen'), { file: await conversation(), times, inC: true });
}

async function playedByQmptap(): Promise<Measurement> {
  const file = await conversation();
  const folder = freshFolder();
  const place = { transport: 'unix' as const, folder, listen: join(folder, 'listen') };
  const { recording } = await inLab();
  const args = ['replay', 'server', recording, '--session', '1', '--keep', '--listen', place.listen];
  const child = await start({ command: () => [process.execPath, qmptap, ...args] }, place);
  try {
    return await play(place.listen, { file, times, inC: false });
  } finally {
    await stop(child);
  }
}

export const libvirt: readonly Race[] = [
  {
    name: 'virsh start',
    about: 'of a small VM by libvirt',
    missing,
    rounds,
    base: 'without qmptap',
    metrics: [{ name: 'time', unit: 'ms', field: 'time', against: 'ratio' }],
    contenders: new Map([
      ['without qmptap', () => timeOf('plain')],
      ['recorded', () => timeOf('recorded')],
      ['replayed, no QEMU', () => timeOf('replayed')],
    ]),
  },
  {
    name: "libvirt's conversation",
    about: `the monitor's part of that start, ${times} times, as fast as it goes`,
    missing,
    rounds,
    base: 'a server in C',
    metrics: [{ name: 'time', unit: 'µs', field: 'p50', against: 'ratio' }],
    contenders: new Map([
      ['a server in C', playedByC],
      ['qmptap replay server', playedByQmptap],
    ]),
  },
];
