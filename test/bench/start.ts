/** How long a recorder takes until a client can connect: libvirt waits for it at every start of a machine. */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { freshFolder, stop } from './load.js';
import type { Measurement, Race } from './race.js';
import { type Place, relays } from './relays.js';

const [[, recorder] = []] = relays(['qmptap record']);

async function untilListening(): Promise<Measurement> {
  if (recorder === undefined) throw new Error('there is no qmptap');
  const folder = freshFolder();
  const place: Place = {
    transport: 'unix',
    folder,
    listen: join(folder, 'listen'),
    server: join(folder, 'server'),
  };
  const [command = '', ...args] = recorder.command(place);
  const since = performance.now();
  const child = spawn(command, args, { stdio: ['ignore', 'ignore', 'pipe'], detached: true });
  const [text] = (await once(child.stderr, 'data')) as [Buffer];
  const time = performance.now() - since;
  if (!String(text).includes('recording')) throw new Error(`it does not start: ${String(text)}`);
  await stop(child);
  return { time };
}

function emptyProgram(): Measurement {
  const since = performance.now();
  spawnSync(process.execPath, ['-e', '0']);
  return { time: performance.now() - since };
}

export const start: readonly Race[] = [
  {
    name: 'start',
    about: 'from the command to a listening socket',
    rounds: 5,
    base: 'node -e 0',
    metrics: [{ name: 'time', unit: 'ms', field: 'time', against: 'difference' }],
    contenders: new Map<string, () => Measurement | Promise<Measurement>>([
      ['node -e 0', emptyProgram],
      ['qmptap record', untilListening],
    ]),
  },
];
