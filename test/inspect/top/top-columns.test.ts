import { describe, expect, test } from 'vitest';
import type { MonitorRow } from '../../../src/inspect/top/monitor-activity.js';
import { sortedRows, topColumns, topJson } from '../../../src/inspect/top/top-columns.js';

const idle: MonitorRow = {
  ...{ name: 'web1', monitor: 'qmp', file: 'web1.qmptap', session: 1, client: 'libvirtd, pid 812' },
  ...{ held: 3661, others: 0, pending: 0, oldest: undefined, errors: 0, rate: 0, slowest: undefined },
};
const busy: MonitorRow = {
  ...{ ...idle, name: 'db\u001b[2J', monitor: 'qga', others: 1, pending: 2, errors: 3, rate: 2.25, held: 1 },
  ...{ oldest: { command: 'stop', seconds: 2.5 }, slowest: { command: 'cont', latency: 1.5e6 } },
};

describe('the columns of top', () => {
  test('show a row, escaped', () => {
    const text = (row: MonitorRow): string[] => topColumns.map((column) => column.text(row));
    expect(text(idle)).toEqual(['web1', 'libvirtd, pid 812', '1h01m', '', '', '', '0.0', '']);
    expect(text(busy)).toEqual([
      'db\\u001b[2J/agent',
      ...['libvirtd, pid 812 +1', '1.0s', '2', '2.5s stop', '3', '2.3', '1.5ms cont'],
    ]);
  });

  test('sort: numbers from the largest, texts from the smallest, then by name', () => {
    const quiet = { ...idle, name: 'a' };
    const order = (key: (typeof topColumns)[number]['key']): string[] =>
      sortedRows([idle, busy, quiet], key).map(({ name }) => name.slice(0, 4));
    for (const { key } of topColumns) {
      const first = key === 'held' || key === 'vm' || key === 'client' ? 'a' : 'db\u001b[';
      expect([key, order(key)[0]]).toEqual([key, first]);
    }
    expect(order('held')).toEqual(['a', 'web1', 'db\u001b[']);
  });

  test('a line of JSON has plain numbers', () => {
    expect(topJson(busy)).toEqual({
      ...{ type: 'vm', label: 'db\u001b[2J', monitor: 'qga', file: 'web1.qmptap', session: 1 },
      ...{ client: 'libvirtd, pid 812', others: 1, pending: 2, errors: 3, heldSeconds: 1, perSecond: 2.25 },
      ...{ oldest: { command: 'stop', seconds: 2.5 }, slowest: { command: 'cont', latencyUs: 1500 } },
    });
  });
});
