/**
 * The tables in docs/speed.md, made of what was measured: the one place that says which figures they show.
 * Aims come from `aims.ts`, so that they stand nowhere twice.
 */
import { aims } from './aims.js';
import { bound, columnWidths, number, type Outcome, spread, values, type Verdict } from './race.js';

const beside = ['direct', 'socat -v', 'Node pipe', 'mitmdump -w', 'qmptap record'];

type Row = readonly [label: string, race: string, metric: string];
type OwnRow = readonly [label: string, race: string, contender: string, metric: string];

/** Ratios to `socat`: what a row is called, its race, its metric. */
const ratios: readonly Row[] = [
  ['round trip, p50', 'round trip', 'p50'],
  ['round trip, p99', 'round trip', 'p99'],
  ['one command each millisecond, p50', 'paced', 'p50'],
  ['the same, p99', 'paced', 'p99'],
  ['8 in flight, messages/s', '8 in flight', 'rate'],
  ['16 connections, p50', '16 connections', 'p50'],
  ['the same, p99', '16 connections', 'p99'],
  ['64 connections, p50', '64 connections', 'p50'],
  ['the same, p99', '64 connections', 'p99'],
  ['answers of 200 kB, p50', '200 kB', 'p50'],
  ['the same, MB/s', '200 kB', 'MB/s'],
  ['answers of 4 MB, p50', '4 MB', 'p50'],
  ['the same, MB/s', '4 MB', 'MB/s'],
  ['200,000 events at once, events/s', 'flood', 'rate'],
  ['1,000,000 events at once, events/s', 'long flood', 'rate'],
  ['a client that stalls, events/s', 'stalled client', 'rate'],
  ['over TCP: round trip, p50', 'round trip over TCP', 'p50'],
  ['over TCP: answers of 200 kB, MB/s', '200 kB over TCP', 'MB/s'],
  ['over TCP: 50,000 events at once, events/s', 'flood over TCP', 'rate'],
];

const relays = ['socat', 'socat -v', 'Node pipe', 'mitmdump -w', 'qmptap relay', 'qmptap record'];

/** What relays and recorders use. */
const costs: readonly Row[] = [
  ['processor, µs a message: round trip', 'round trip', 'CPU'],
  ['the same, of 100,000 round trips', 'long round trip', 'CPU'],
  ['the same, 8 in flight', '8 in flight', 'CPU'],
  ['the same, of a flood', 'flood', 'CPU'],
  ['the same, round trip over TCP', 'round trip over TCP', 'CPU'],
  ['memory, MB: round trip', 'round trip', 'memory'],
  ['the same, 64 connections', '64 connections', 'memory'],
  ['the same, answers of 4 MB', '4 MB', 'memory'],
  ['the same, 1,000,000 events', 'long flood', 'memory'],
  ['the same, a client that stalls', 'stalled client', 'memory'],
  ['disk, bytes a message of 71: round trip', 'round trip', 'on disk'],
  ['the same, of 71, over TCP', 'round trip over TCP', 'on disk'],
  ['the same, events of 206', 'flood', 'on disk'],
  ['the same, events of 206, over TCP', 'flood over TCP', 'on disk'],
];

/** What only qmptap does: the row, its race, contender and metric. */
const own: readonly OwnRow[] = [
  ['a flood is all readable after its last event', 'flood', 'qmptap record', 'committed'],
  ['its file, of 1.3 × its bytes + 60 a message', 'flood', 'qmptap record', 'disk'],
  ['start to listening, more than `node -e 0`', 'start', 'qmptap record', 'time'],
  ['300 VMs: round trip, to one recorder', 'host', 'qmptap host', 'p50'],
  ['the same, processor', 'host', 'qmptap host', 'CPU'],
  ['the same, memory', 'host', 'qmptap host', 'memory'],
  ['1,000 VMs: all connected, from start', 'host of 1,000', 'qmptap host', 'start'],
  ['the same, memory', 'host of 1,000', 'qmptap host', 'memory'],
  ['replay server: round trip, to a server in C', 'replay', 'qmptap replay server', 'p50'],
  ["replay of a libvirt's start, to a server in C", "libvirt's conversation", 'qmptap replay server', 'time'],
  ['`virsh start`, recorded, to without', 'virsh start', 'recorded', 'time'],
  ['`virsh start` with no QEMU, to with one', 'virsh start', 'replayed, no QEMU', 'time'],
  ['plan of a replay of a million messages', 'plan', 'a million messages', 'time'],
  ['the same, memory', 'plan', 'a million messages', 'memory'],
  ["import of libvirt's log, all QMP", 'import, all QMP', 'qmptap import', 'MB/s'],
  ['the same, to `grep -c`', 'import, all QMP', 'qmptap import', 'speed'],
  ["import of libvirt's log, 5 % QMP", 'import, 5 % QMP', 'qmptap import', 'MB/s'],
  ['the same, to `grep -c`', 'import, 5 % QMP', 'qmptap import', 'speed'],
  ['the same, memory', 'import, 5 % QMP', 'qmptap import', 'memory'],
  ['import of 300 MB, memory to that of 30 MB', 'import', 'a log of 300 MB', 'memory'],
  ...['first screen, from start', 'a page, by name', 'a page, by text', 'everything, by text', 'stats'].map(
    (name): OwnRow => [`a million messages: ${name}`, 'a million messages', name, 'time'],
  ),
  ...['first screen, from start', 'one down', 'a filter by name', 'a filter by text'].map((name): OwnRow => [
    `the terminal UI: ${name}`,
    'the screen',
    name,
    'time',
  ]),
  ['the terminal UI: memory', 'the screen', 'memory', 'memory'],
];

/** The tables, as prettier wants them; `about` is the machine. */
export function markdown(outcomes: readonly Outcome[], about: string): string {
  const races = new Map(outcomes.map((outcome) => [outcome.race.name, outcome]));
  const figure = (race: string, name: string, metric: string, withUnit = false): string =>
    figureOf(races.get(race), name, metric, withUnit);
  const aimOf = (race: string, name: string, metric: string): string => {
    const found = aims.find((aim) => aim.race === race && aim.of === name && aim.metric === metric);
    return found === undefined ? '' : bound(found);
  };
  const compared = ratios.map(([label, race, metric]) => [
    label,
    ...beside.map((name) => figure(race, name, metric)),
    aimOf(race, 'qmptap record', metric),
  ]);
  const used = costs.map(([label, race, metric]) => [
    label,
    ...relays.map((name) => figure(race, name, metric)),
    aimOf(race, 'qmptap record', metric),
  ]);
  const alone = own.map(([label, race, name, metric]) => [
    label,
    figure(race, name, metric, true),
    aimOf(race, name, metric),
  ]);
  return [
    `Measured on ${about}.`,
    table(['to `socat`', ...beside.map(code), 'aim'], compared),
    table(['use', ...relays.map(code), 'aim'], used),
    table(['`qmptap`', 'measured', 'aim'], alone),
  ].join('\n\n');
}

const code = (name: string): string => (name.includes(' pipe') ? name : `\`${name}\``);

/** Empty where it was not measured. */
function figureOf(outcome: Outcome | undefined, name: string, metricName: string, withUnit: boolean): string {
  if (outcome?.results.has(name) !== true) return '';
  const metric = outcome.race.metrics.find((each) => each.name === metricName);
  if (metric === undefined) throw new Error(`${outcome.race.name} does not measure ${metricName}`);
  const text = spread(values(outcome, name, metric));
  if (text === '-') return '';
  return withUnit && metric.against !== 'ratio' && !metric.unit.startsWith('of ')
    ? `${text} ${metric.unit.replace(' at most', '').replace(' after', '')}`
    : text;
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const all = [head, ...rows];
  const widths = columnWidths(all).map((width) => Math.max(3, width));
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((text, column) => text.padEnd(widths[column] ?? 0)).join(' | ')} |`;
  const rule = `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`;
  return [line(head), rule, ...rows.map(line)].join('\n');
}

/** Where docs/speed.md has them. */
const from = '<!-- npm run bench -- --page -->';
const to = '<!-- until here -->';

/**
 * The page with the tables in their place.
 * @throws Error if it has no place for them
 */
export function withTables(page: string, tables: string): string {
  const [begin, end] = [page.indexOf(from), page.indexOf(to)];
  if (begin < 0 || end < begin) throw new Error(`docs/speed.md has no ${from} … ${to}`);
  return `${page.slice(0, begin + from.length)}\n\n${tables}\n\n${page.slice(end)}`;
}

/** What was missed, in a line each. */
export function missed(verdicts: readonly Verdict[]): string[] {
  return verdicts
    .filter(({ met }) => !met)
    .map(
      ({ aim, unit, value }) =>
        `${aim.race}, ${aim.of}: ${aim.metric} is ${number(value)} ${unit}, the aim ${bound(aim)}`,
    );
}
