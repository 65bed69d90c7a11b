/**
 * What qmptap aims at, as data. Nothing fails for a missed aim: times depend on the machine and on what
 * else it does, so they are printed beside what was measured.
 *
 * `at`: the median may be at most, or has to be at least, that value. It is a ratio to the race's base where
 * the metric is one, otherwise in the metric's unit.
 */
export interface Aim {
  readonly race: string;
  readonly metric: string;
  /** The contender. */
  readonly of: string;
  readonly at: 'most' | 'least';
  readonly value: number;
}

type Row = readonly [race: string, of: string, metric: string, value: number];
const most = (...[race, of, metric, value]: Row): Aim => ({ race, of, metric, at: 'most', value });
const least = (...[race, of, metric, value]: Row): Aim => ({ race, of, metric, at: 'least', value });

const recorder = 'qmptap record';

export const aims: readonly Aim[] = [
  most('round trip', recorder, 'p50', 1.15),
  most('round trip', recorder, 'p99', 1.6),
  most('round trip', recorder, 'CPU', 15),
  most('long round trip', recorder, 'CPU', 15),
  most('long round trip', recorder, 'disk', 1),
  most('paced', recorder, 'p50', 1.4),
  most('paced', recorder, 'p99', 2.5),
  least('8 in flight', recorder, 'rate', 0.9),
  most('64 connections', recorder, 'p50', 1.5),
  most('64 connections', recorder, 'p99', 5),
  most('200 kB', recorder, 'p50', 1.2),
  least('200 kB', recorder, 'MB/s', 0.6),
  least('flood', recorder, 'rate', 0.6),
  most('flood', recorder, 'CPU', 5),
  most('flood', recorder, 'committed', 1000),
  most('flood', recorder, 'disk', 1),
  least('long flood', recorder, 'rate', 0.5),
  most('long flood', recorder, 'memory', 128),
  least('stalled client', recorder, 'rate', 0.85),
  most('stalled client', recorder, 'memory', 128),
  most('host', 'qmptap host', 'p50', 1.3),
  most('host', 'qmptap host', 'CPU', 15),
  most('host', 'qmptap host', 'memory', 300),
  most('start', recorder, 'time', 150),
  most('replay', 'qmptap replay server', 'p50', 1.3),
  most("libvirt's conversation", 'qmptap replay server', 'time', 1.3),
  most('virsh start', 'replayed, no QEMU', 'time', 1),
  least('import, all QMP', 'qmptap import', 'MB/s', 40),
  least('import, 5 % QMP', 'qmptap import', 'MB/s', 100),
  most('import, 5 % QMP', 'qmptap import', 'memory', 200),
  most('import', 'a log of 300 MB', 'memory', 1.25),
  most('a million messages', 'first screen, from start', 'time', 300),
  most('a million messages', 'a page, by name', 'time', 50),
  most('a million messages', 'a page, by text', 'time', 100),
  most('a million messages', 'everything, by text', 'time', 1500),
  most('a million messages', 'stats', 'time', 1000),
  most('the screen', 'first screen, from start', 'time', 300),
  most('the screen', 'one down', 'time', 16),
  most('the screen', 'a page down', 'time', 16),
  most('the screen', 'to the end', 'time', 50),
  most('the screen', 'a filter by name', 'time', 50),
  most('the screen', 'a filter by text', 'time', 100),
  most('the screen', 'a filter that matches nothing', 'time', 1500),
  most('the screen', 'memory', 'memory', 160),
];
