/**
 * Leaves a recorder on under traffic like libvirt's, many times as much, and says whether it stays as it is:
 *
 *     npm run soak                             a minute
 *     npm run soak -- 24h                      s, m, h or d
 *     npm run soak -- 1h --rate 50             times libvirt's rate (10)
 *     npm run soak -- 1h -- --durable          flags for `qmptap record`; without, --max-size 8M --keep 4
 *
 * A line for each sample; at the end whether memory and descriptors were flat, and whether each byte that
 * passed is in the recordings. Exits with 1 if not. What is measured is the recorder's process alone.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Auditor } from './auditor.js';
import { rises } from './flatness.js';
import { Load } from './load.js';
import { type Quantities, Recorder } from './recorder.js';

type Quantity = Exclude<keyof Quantities, 'peak'>;
type Sampled = Quantities & Readonly<Record<'seconds' | 'messages', number>>;

/** How much each may rise from the end of the warm-up to the end of the run, however long that is. */
const limits: Readonly<Record<Quantity, number>> = {
  rss: 16,
  heap: 2,
  descriptors: 2,
  threads: 1,
  timers: 2,
  journal: 16,
};
const units = new Map([
  ['s', 1],
  ['m', 60],
  ['h', 3600],
  ['d', 86400],
]);
/** libvirt 9.0 with one VM, `virsh domstats` each second: 11 commands and their responses. */
const libvirtsRate = 22;

const { seconds, rate, flags } = parse(process.argv.slice(2));
const interval = Math.min(60, Math.max(1, seconds / 60));
const folder = mkdtempSync(join(tmpdir(), 'qmptap-soak-'));
const say = (text: string): boolean => process.stdout.write(`${text}\n`);

const recorder = await Recorder.start(folder, flags);
const auditor = new Auditor(folder);
auditor.watch();
const load = await Load.start(folder, { seconds, rate });
say(`${seconds} s at ${rate} times libvirt's rate of ${libvirtsRate} messages/s: record ${flags.join(' ')}`);
say(
  ' seconds  messages/s  sessions  files   RSS MB  peak MB  heap MB  descriptors  threads  timers  journal MB',
);

const samples: Sampled[] = [];
const began = performance.now();
let before = { seconds: 0, messages: 0 };
for (let next = interval; next <= seconds + 0.01; next += interval) {
  await load.until(began + next * 1000);
  const sample = {
    seconds: (performance.now() - began) / 1000,
    messages: load.messages,
    ...(await recorder.sample()),
  };
  samples.push(sample);
  say(line(sample, before));
  before = sample;
}
const accounts = await load.finish();
const ended = await recorder.stop();
await auditor.finish();
const troubles = [...(ended === undefined ? [] : [ended]), ...auditor.compare(accounts)];

const quantities = Object.keys(limits) as Quantity[];
const rose = rises(samples, quantities);
if (rose === undefined) say('too short to tell whether memory and descriptors stay flat; a minute is enough');
for (const name of rose === undefined ? [] : quantities) {
  const by = rose?.[name] ?? NaN;
  const verdict = by <= limits[name] ? 'flat' : 'NOT FLAT';
  say(`${name.padEnd(12)} rose by ${by.toFixed(2).padStart(7)} of at most ${limits[name]}: ${verdict}`);
  if (by > limits[name]) troubles.push(`${name} rose`);
}
const { sessions, messages, bytes } = load;
say(
  `${messages} messages, ${bytes} bytes in ${sessions} sessions and ${auditor.files} files: ` +
    (troubles.length === 0 ? 'every byte was kept, in order' : 'FAILED'),
);
for (const trouble of troubles) say(`  ${trouble}`);
if (troubles.length === 0) rmSync(folder, { recursive: true });
else say(`what there is lies in ${folder}`);
process.exit(troubles.length === 0 ? 0 : 1);

function line(sample: Sampled, last: Readonly<Record<'seconds' | 'messages', number>>): string {
  const perSecond = (sample.messages - last.messages) / (sample.seconds - last.seconds);
  const cells: [text: string | number, width: number][] = [
    [sample.seconds.toFixed(0), 8], [perSecond.toFixed(0), 12], [load.sessions, 10], [auditor.files, 7],
    [sample.rss.toFixed(1), 9], [sample.peak.toFixed(1), 9], [sample.heap.toFixed(2), 9], [sample.descriptors, 13],
    [sample.threads, 9], [sample.timers, 8], [sample.journal.toFixed(1), 12],
  ]; // prettier-ignore
  return cells.map(([text, width]) => String(text).padStart(width)).join('');
}

function parse(words: readonly string[]): { seconds: number; rate: number; flags: readonly string[] } {
  const split = words.indexOf('--');
  const own = split < 0 ? words : words.slice(0, split);
  const result = {
    seconds: 60,
    rate: 10,
    flags: split < 0 ? ['--max-size', '8M', '--keep', '4'] : words.slice(split + 1),
  };
  for (let at = 0; at < own.length; at++) {
    const word = own[at] ?? '';
    const [, time, unit = ''] = /^(\d+(?:\.\d+)?)([smhd])$/.exec(word) ?? [];
    if (time !== undefined) result.seconds = Number(time) * (units.get(unit) ?? NaN);
    else if (word === '--rate' && Number(own[at + 1]) > 0) result.rate = Number(own[++at]);
    else usage(word);
  }
  return result;
}

function usage(word: string): never {
  process.stderr.write(
    `soak: '${word}'? write: npm run soak -- [30s|10m|24h] [--rate N] [-- FLAGS of record]\n`,
  );
  process.exit(2);
}
