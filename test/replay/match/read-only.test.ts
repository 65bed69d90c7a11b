import { expect, test } from 'vitest';
import { isReadOnly } from '../../../src/replay/match/read-only.js';

test('what asks may be sent, and nothing else', () => {
  const asks = ['query-status', 'qmp_capabilities', 'guest-sync', 'guest-ping', 'guest-get-vcpus'];
  const changes = [
    'stop',
    'quit',
    'migrate',
    'guest-exec',
    'guest-set-vcpus',
    'human-monitor-command',
    'xquery-x',
  ];
  expect(asks.filter((name) => !isReadOnly({ kind: 'command', name }))).toEqual([]);
  expect(changes.filter((name) => isReadOnly({ kind: 'command', name }))).toEqual([]);
  expect(isReadOnly({ kind: 'sync', name: undefined })).toBe(true);
  expect(isReadOnly({ kind: 'malformed', name: undefined })).toBe(false);
  expect(isReadOnly({ kind: 'partial', name: 'query-status' })).toBe(false);
});
