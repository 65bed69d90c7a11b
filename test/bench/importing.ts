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
const logs = new Map<number, string>();

/** The path of a log of so many megabytes; makes it when it is first needed. */
function log(megabytes: number): string {
  const made = logs.get(megabytes);
  if (made !== undefined) return made;
  const path = join(freshFolder(), 'libvirtd.log');
  const program = [...typescript, here('libvirt-log.ts')];
  const args = [...program, here('../../recordings/demo.qmptap'), path, String(megabytes)];
  const { status, stderr } = spawnSync(process.execPath, args);
  if (status !== 0) throw new Error(String(stderr));
  logs.set(megabytes, path);
  return path;
}

async function imported(megabytes: number): Promise<Measurement> {
  const path = log(megabytes);
  const output = join(freshFolder(), 'imported.qmptap');
  const { seconds, cpu, memory } = await measured([qmptap, 'import', path, '-o', output]);
  const size = statSync(path).size / 1e6;
  rmSync(output);
  return { speed: size / seconds, cpu: (cpu * 1000) / size, memory };
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
];
