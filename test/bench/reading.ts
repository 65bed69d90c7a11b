/** How fast a recording of a million messages is opened, filtered and counted. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseFilter } from '../../dist/inspect/filter/filter.js';
import { collectStatistics } from '../../dist/inspect/stats/stats.js';
import type { RecordingReader } from '../../dist/recording/ports.js';
import { openRecording } from '../../dist/store/index/open.js';
import { typescript } from '../support/typescript.js';
import { freshFolder } from './load.js';
import type { Measurement, Race } from './race.js';

const page = 100;
const messages = 1_000_000;
const made = new Map<number, string>();

/** The path of a million messages in so many sessions; makes them when they are first needed. */
export function millionOf(sessions: number): string {
  const there = made.get(sessions);
  if (there !== undefined) return there;
  const path = join(freshFolder(), 'million.qmptap');
  const generator = fileURLToPath(new URL('million.ts', import.meta.url));
  const args = [...typescript, generator, path, String(messages), String(sessions)];
  const { status, stderr } = spawnSync(process.execPath, args);
  if (status !== 0) throw new Error(String(stderr));
  made.set(sessions, path);
  return path;
}

export const million = (): string => millionOf(3);

/** Opens, reads and closes; gives how long that took. */
function timed(read: (recording: RecordingReader) => unknown): Measurement {
  const since = performance.now();
  const recording = openRecording(million());
  try {
    read(recording);
  } finally {
    recording.close();
  }
  return { time: performance.now() - since };
}

const last = (filter: string, limit: number) => (recording: RecordingReader) => [
  ...recording.messages({ where: parseFilter(filter), order: 'desc', limit }),
];

/** Another process that opens it and reads what a screen shows. */
function firstScreen(): Measurement {
  const program = `
    const { openRecording } = await import(${JSON.stringify(new URL('../../dist/store/index/open.js', import.meta.url))});
    const recording = openRecording(process.argv[1]);
    if ([...recording.messages({ order: 'desc', limit: ${page} })].length !== ${page}) process.exit(1);`;
  const since = performance.now();
  const { status } = spawnSync(process.execPath, ['--input-type=module', '-e', program, million()]);
  if (status !== 0) throw new Error('the recording cannot be read');
  return { time: performance.now() - since };
}

const contenders: Readonly<Record<string, () => Measurement>> = {
  'first screen, from start': firstScreen,
  'a page, newest': () => timed(last('', page)),
  'a page, by name': () => timed(last('event:RTC_CHANGE', page)),
  'a page, by duration': () => timed(last('dur>100ms', page)),
  'a page, by text': () => timed(last('virtio7', page)),
  'everything, by text': () => timed(last('no-such-text', page)),
  stats: () => timed((reader) => collectStatistics([{ reader }])),
};

export const reading: readonly Race[] = [
  {
    name: 'a million messages',
    about: 'opened, and read',
    rounds: 5,
    metrics: [{ name: 'time', unit: 'ms', field: 'time' }],
    contenders: new Map(
      Object.entries(contenders).map(([name, measure]) => [
        name,
        () => {
          million(); // made before it is measured
          return measure();
        },
      ]),
    ),
  },
];
