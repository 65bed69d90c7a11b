/** What recording costs: the same load through each of the relays. */
import { throughRelay } from './load.js';
import type { Metric, Race } from './race.js';
import { relays, type Transport } from './relays.js';

const p50: Metric = { name: 'p50', unit: 'µs', field: 'p50', against: 'ratio' };
const p99: Metric = { name: 'p99', unit: 'µs', field: 'p99', against: 'ratio' };
const rate: Metric = { name: 'rate', unit: 'messages/s', field: 'rate', against: 'ratio' };
const throughput: Metric = { name: 'MB/s', unit: 'MB/s', field: 'megabytesPerSecond', against: 'ratio' };
const cpu: Metric = { name: 'CPU', unit: 'µs/message', field: 'cpu' };
const memory: Metric = { name: 'memory', unit: 'MB at most', field: 'memory' };
const committed: Metric = { name: 'committed', unit: 'ms after', field: 'committed' };
const sent: Metric = { name: 'sent', unit: 'bytes/message', field: 'sent' };
const stored: Metric = { name: 'on disk', unit: 'bytes/message', field: 'stored' };
const disk: Metric = { name: 'disk', unit: 'of 1.3 × bytes + 60', field: 'disk' };
const onDisk = [sent, stored, disk];

const all = ['direct', 'socat', 'socat -v', 'Node pipe', 'qmptap record'];
const some = ['direct', 'socat', 'Node pipe', 'qmptap record'];
const two = ['socat', 'qmptap record'];
const overTcp = ['direct', 'socat', 'mitmdump -w', 'qmptap record'];

interface Work extends Omit<Race, 'contenders'> {
  readonly contenders: readonly string[];
  /** As in load.c. */
  readonly load: Readonly<Record<string, number>>;
  readonly transport?: Transport;
}

const work: readonly Work[] = [
  {
    name: 'round trip',
    about: 'one command after the other, answers of 80 bytes',
    contenders: all,
    rounds: 7,
    load: { ms: 500, warm: 2000 },
    metrics: [p50, p99, cpu, memory, ...onDisk],
  },
  {
    name: 'long round trip',
    about: '100,000 commands one after the other',
    contenders: ['socat', 'Node pipe', 'qmptap relay', 'qmptap record'],
    rounds: 3,
    load: { count: 100_000, warm: 100 },
    metrics: [p50, p99, cpu, memory, ...onDisk],
  },
  {
    name: 'paced',
    about: 'one command each millisecond',
    contenders: some,
    rounds: 5,
    load: { ms: 800, gap: 1000, warm: 2000 },
    metrics: [p50, p99, cpu],
  },
  {
    name: '8 in flight',
    about: 'eight commands always unanswered',
    contenders: all,
    rounds: 5,
    load: { ms: 500, depth: 8, warm: 5000 },
    metrics: [rate, p99, cpu],
  },
  {
    name: '16 connections',
    about: 'one command unanswered on each',
    contenders: all,
    rounds: 5,
    load: { ms: 500, connections: 16, warm: 200 },
    metrics: [p50, p99, rate, cpu, memory],
  },
  {
    name: '64 connections',
    about: 'one command unanswered on each',
    contenders: some,
    rounds: 5,
    load: { ms: 500, connections: 64, warm: 50 },
    metrics: [p50, p99, rate, cpu, memory],
  },
  {
    name: '200 kB',
    about: 'answers of 200 kB, 1000 of them',
    contenders: some,
    rounds: 5,
    load: { bytes: 200_000, count: 1000, warm: 10 },
    metrics: [p50, throughput, committed, memory, sent, stored],
  },
  {
    name: '4 MB',
    about: 'answers of 4 MB, 20 of them',
    contenders: some,
    rounds: 5,
    load: { bytes: 4_000_000, count: 20, warm: 1 },
    metrics: [p50, throughput, committed, memory, sent, stored],
  },
  {
    name: 'flood',
    about: '200,000 events at once',
    contenders: some,
    rounds: 5,
    load: { events: 200_000 },
    metrics: [rate, cpu, committed, memory, ...onDisk],
  },
  {
    name: 'long flood',
    about: '1,000,000 events at once',
    contenders: two,
    rounds: 3,
    load: { events: 1_000_000 },
    metrics: [rate, cpu, committed, memory, ...onDisk],
  },
  {
    name: 'stalled client',
    about: '500,000 events to a client that does not read for 1.5 s',
    contenders: two,
    rounds: 3,
    load: { events: 500_000, stall: 1500 },
    metrics: [rate, committed, memory],
  },
  {
    name: 'round trip over TCP',
    about: 'one command after the other, answers of 80 bytes',
    transport: 'tcp',
    contenders: overTcp,
    rounds: 5,
    load: { ms: 500, warm: 500 },
    metrics: [p50, p99, cpu, memory, sent, stored],
  },
  {
    name: '200 kB over TCP',
    about: 'answers of 200 kB, 300 of them',
    transport: 'tcp',
    contenders: overTcp,
    rounds: 3,
    load: { bytes: 200_000, count: 300, warm: 10 },
    metrics: [p50, throughput, memory, sent, stored],
  },
  {
    name: 'flood over TCP',
    about: '50,000 events at once',
    transport: 'tcp',
    contenders: overTcp,
    rounds: 3,
    load: { events: 50_000 },
    metrics: [rate, cpu, memory, sent, stored],
  },
];

export const recording: readonly Race[] = work.map(({ contenders, load, transport, ...race }) => ({
  ...race,
  base: 'socat',
  contenders: new Map(
    relays(contenders, transport).map(([name, relay]) => [name, () => throughRelay(relay, load, transport)]),
  ),
}));
