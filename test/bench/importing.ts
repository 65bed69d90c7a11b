/** How fast libvirt's logs are read, and that a long one takes no more memory than a short one. */
import { spawnSync } from 'node:child_process';
import { rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { freshFolder } from './load.js';
import { typescript } from '../support/typescript.js';
import { measured } from './measured.js';
import type { Measurement, Race } from './race.js';
import { qmptap } from './relays.js';

const here = (file: string): string => fileURLToPath(new URL(file, import.meta.url));
const logs = new Map<string, string>();

/** The path of a log of so many megabytes, so much of them about QMP; makes it when it is first needed. */
function log(megabytes: number, percent = 100): string {
  const key = `${megabytes} ${percent}`;
  const made = logs.get(key);
  if (made !== undefined) return made;
  const path = join(freshFolder(), 'libvirtd.log');
  const program = [...typescript, here('libvirt-log.ts')];
  const args = [...program, here('../../recordings/demo.qmptap'), path, String(megabytes), String(percent)];
  const { status, stderr } = spawnSync(process.execPath, args);
  if (status !== 0) throw new Error(String(stderr));
  logs.set(key, path);
  return path;
}

async function imported(megabytes: number, percent = 100): Promise<Measurement> {
  const path = log(megabytes, percent);
  const output = join(freshFolder(), 'imported.qmptap');
  const { seconds, cpu, memory } = await measured([qmptap, 'import', path, '-o', output]);
  const size = statSync(path).size / 1e6;
  rmSync(output);
  return { speed: size / seconds, cpu: (cpu * 1000) / size, memory };
}

/** What only looks at each byte of the same file. */
function searched(megabytes: number, percent: number): Measurement {
  const path = log(megabytes, percent);
  const since = performance.now();
  const { status, stderr } = spawnSync('grep', [
    '-c',
    'QEMU_MONITOR_RECV_REPLY: mon=0x[0-9a-f]* reply',
    path,
  ]);
  if (status !== 0) throw new Error(String(stderr));
  return { speed: statSync(path).size / 1e3 / (performance.now() - since) };
}

/** A log beside grep, which has it in memory as well. */
function besideGrep(name: string, about: string, megabytes: number, percent: number): Race {
  return {
    name,
    about,
    rounds: 3,
    base: 'grep -c',
    metrics: [
      { name: 'speed', unit: 'MB/s', field: 'speed', against: 'ratio' },
      { name: 'MB/s', unit: 'MB/s', field: 'speed' },
      { name: 'CPU', unit: 'ms/MB', field: 'cpu' },
      { name: 'memory', unit: 'MB', field: 'memory' },
    ],
    contenders: new Map<string, () => Measurement | Promise<Measurement>>([
      ['grep -c', () => searched(megabytes, percent)],
      ['qmptap import', () => imported(megabytes, percent)],
    ]),
  };
}

export const importing: readonly Race[] = [
  {
    name: 'import',
    about: "a debug log of libvirt's into a new recording",
    rounds: 3,
    base: 'a log of 30 MB',
    metrics: [
      { name: 'speed', unit: 'MB/s', field: 'speed' },
      { name: 'CPU', unit: 'ms/MB', field: 'cpu' },
      { name: 'memory', unit: 'MB', field: 'memory', against: 'ratio' },
    ],
    contenders: new Map([
      ['a log of 30 MB', () => imported(30)],
      ['a log of 300 MB', () => imported(300)],
    ]),
  },
  besideGrep('import, all QMP', 'a debug log of 300 MB that is all about QMP', 300, 100),
  besideGrep('import, 5 % QMP', 'a debug log of 1 GB, 5 % of it about QMP', 1000, 5),
];
