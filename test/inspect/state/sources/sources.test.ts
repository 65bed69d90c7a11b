import { expect, test } from 'vitest';
import { commandSources, eventSources, stateSources } from '../../../../src/inspect/state/sources/sources.js';
import { exchange } from '../../../support/conversation.js';
import { known } from '../known.js';

test('each name has one row', () => {
  expect(commandSources.size + eventSources.size).toBe(stateSources.length);
  expect([...eventSources.keys()].filter((name) => /[a-z]/.test(name))).toEqual([]);
});

test('a transaction does what its actions do', () => {
  const found = known([
    exchange('blockdev-add', { driver: 'raw', 'node-name': 'n' }),
    exchange('transaction', {
      actions: [
        { type: 'block-dirty-bitmap-add', data: { node: 'n', name: 'b' } },
        { type: 'transaction', data: { actions: [] } },
        { type: 'query-status', data: {} },
        7,
      ],
    }),
  ]);
  expect(found).toHaveProperty('bitmap n/b');
});

test('a monitor command for people may change anything, unless it only shows', () => {
  const status = exchange('query-status', undefined, { status: 'running' });
  const hmp = (line: string): Record<string, string> =>
    known([status, exchange('human-monitor-command', { 'command-line': line })]);
  expect(hmp('info block')['run status']).toBe('running asserted #2');
  expect(hmp('loadvm x')['run status']).toBe('running stale #2');
});
