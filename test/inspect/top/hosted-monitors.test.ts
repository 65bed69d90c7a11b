import { expect, test } from 'vitest';
import { type HostedMonitor, withHosted } from '../../../src/inspect/top/hosted-monitors.js';
import type { MonitorRow } from '../../../src/inspect/top/monitor-activity.js';

const row = (name: string, monitor: 'qmp' | 'qga' = 'qmp'): MonitorRow => ({
  ...{ name, monitor, file: `/r/${name}.qmptap`, session: 1, client: 'unix:/c', held: 5, others: 0 },
  ...{ pending: 1, oldest: { command: 'stop', seconds: 2 }, errors: 0, rate: 1, slowest: undefined },
});

const hosted = (name: string, parts: Partial<HostedMonitor> = {}): HostedMonitor => ({
  ...{ name, monitor: 'qmp', file: undefined, direct: false, client: undefined, sessions: 0 },
  ...parts,
});

test('who has a monitor, and how many wait, is what the host says; the rest is from the recording', () => {
  const known = hosted('a', { client: 'libvirtd, pid 8', sessions: 3, file: '/r/a.qmptap' });
  expect(withHosted([row('a'), row('a', 'qga')], [known])).toEqual([
    { ...row('a'), client: 'libvirtd, pid 8', others: 2 },
    row('a', 'qga'),
  ]);
  // Recognised from the traffic later than by the recording.
  expect(withHosted([row('b')], [hosted('b', { monitor: undefined })])).toEqual([row('b')]);
});

test('monitors without a client are rows, too, and say why', () => {
  const rows = withHosted([], [hosted('a'), hosted('b', { direct: true }), hosted('a', { monitor: 'qga' })]);
  expect(rows.map(({ name, monitor, client, state }) => [name, monitor, client, state])).toEqual([
    ['a', 'qmp', 'next client', 'waiting'],
    ['b', 'qmp', 'not recorded', 'direct'],
    ['a', 'qga', 'next client', 'waiting'],
  ]);
  expect(
    rows.every(({ file, pending, oldest }) => file === undefined && pending === 0 && oldest === undefined),
  ).toBe(true);
});

test('without a host, what is recorded is all', () => {
  expect(withHosted([row('a')], [])).toEqual([row('a')]);
});
