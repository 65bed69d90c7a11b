/** What a replayed server costs, beside a server in C that knows its answers. */
import { join } from 'node:path';
import type { Direction } from '../../dist/recording/message.js';
import { createRecording } from '../../dist/store/index/recorder.js';
import { ask, freshFolder, start, stop, throughRelay } from './load.js';
import { measured } from './measured.js';
import { millionOf } from './reading.js';
import type { Measurement, Race } from './race.js';
import { qmptap } from './relays.js';

const warm = 500;
const count = 5000;
const load = { warm, count };
const encoder = new TextEncoder();

const greeting =
  '{"QMP": {"version": {"qemu": {"micro": 22, "minor": 2, "major": 7}, "package": "Debian 1:7.2+dfsg-7+deb12u18"}, "capabilities": ["oob"]}}';
const status = '{"status": "running", "singlestep": false, "running": true}';

let folder: string | undefined;

/** The session that the load's client has, as a recording; gives its folder. */
async function session(): Promise<string> {
  if (folder !== undefined) return folder;
  folder = freshFolder();
  const recorder = await createRecording(join(folder, 'session.qmptap'), {
    createdBy: 'bench',
    onTrouble: (line) => process.stderr.write(`${line}\n`),
  });
  const id = recorder.open(
    {
      label: undefined,
      dialect: 'qmp',
      client: { address: 'unix:/c' },
      server: { address: 'unix:/s' },
      started: 0,
    },
    0,
  );
  let t = 0;
  const add = (dir: Direction, text: string): void => {
    recorder.chunk(id, { dir, t: (t += 1000), bytes: encoder.encode(`${text}\r\n`), fds: 0 });
  };
  add('s2c', greeting);
  for (let n = 0; n <= warm + count; n++) {
    add('c2s', `{"execute": "${n === 0 ? 'qmp_capabilities' : 'query-status'}", "id": "bench-${n}"}`);
    add('s2c', `{"return": ${n === 0 ? '{}' : status}, "id": "bench-${n}"}`);
  }
  recorder.close(id, t + 1000, 'client-closed', undefined);
  await recorder.finish();
  return folder;
}

async function replayed(): Promise<Measurement> {
  const place = {
    transport: 'unix' as const,
    folder: await session(),
    listen: join(freshFolder(), 'listen'),
  };
  const server = {
    command: () => [
      process.execPath,
      qmptap,
      'replay',
      'server',
      join(place.folder, 'session.qmptap'),
      '--listen',
      place.listen,
    ],
  };
  const child = await start(server, place);
  try {
    return await ask(place.listen, [`warm=${warm}`, `count=${count}`]);
  } finally {
    await stop(child);
  }
}

const dist = (module: string): string => JSON.stringify(new URL(`../../dist/${module}`, import.meta.url));

/** Opens a recording, and compiles its one session where `plans`; what the rest takes is the base. */
async function planned(plans: boolean): Promise<Measurement> {
  const program = `
    const { openRecording } = await import(${dist('store/index/open.js')});
    const { planSession } = await import(${dist('replay/plan/plan.js')});
    const recording = openRecording(process.argv[1]);
    const [session] = recording.sessions();
    const plan = ${plans} ? planSession(session, recording.messages({ session: 1 }), { injected: 'leave-out' }) : undefined;
    if (plan !== undefined && plan.steps.length !== session.messages) process.exit(1);`;
  const { seconds, cpu, memory } = await measured(['--input-type=module', '-e', program, millionOf(1)]);
  return { time: seconds * 1000, cpu, memory };
}

export const replaying: readonly Race[] = [
  {
    name: 'replay',
    about: 'one command after the other, to a server that answers from memory',
    rounds: 3,
    base: 'a server in C',
    metrics: [
      { name: 'p50', unit: 'µs', field: 'p50', against: 'ratio' },
      { name: 'p99', unit: 'µs', field: 'p99', against: 'ratio' },
    ],
    contenders: new Map([
      ['a server in C', () => throughRelay(undefined, load)],
      ['qmptap replay server', replayed],
    ]),
  },
  {
    name: 'plan',
    about: 'the session of a recording compiled for its replay',
    rounds: 3,
    base: 'opened only',
    metrics: [
      { name: 'time', unit: 'ms', field: 'time', against: 'difference' },
      { name: 'memory', unit: 'MB', field: 'memory', against: 'difference' },
    ],
    contenders: new Map([
      ['opened only', () => planned(false)],
      ['a million messages', () => planned(true)],
    ]),
  },
];
