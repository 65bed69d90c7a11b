import { expect, test } from 'vitest';
import { questions } from '../../../src/recording/questions.js';
import { changedBy, isQuestion, subjectOf } from '../../../src/replay/plan/state-changes.js';
import { bytesOf } from '../playbook.js';

function command(name: string, line?: string) {
  const given = line === undefined ? undefined : { 'command-line': line };
  const raw = bytesOf(JSON.stringify({ execute: name, arguments: given }));
  return { kind: 'command' as const, name, raw };
}

test('questions are told from changes by name', () => {
  const asked = ['query-status', 'qom-list', 'guest-get-vcpus', 'x-query-rdma'];
  const changing = ['cont', 'qmp_capabilities', 'qom-set', 'guest-set-vcpus', 'screendump', 'xquery-x'];
  expect(asked.filter((name) => !isQuestion(command(name)))).toEqual([]);
  expect(changing.filter((name) => isQuestion(command(name)))).toEqual([]);
  expect(isQuestion({ kind: 'sync', name: undefined, raw: bytesOf('\xff') })).toBe(true);
  expect(isQuestion({ ...command('query-status'), kind: 'malformed' })).toBe(false);
});

test.each([
  ['info block', true],
  ['  info', true],
  ['xp /4x 0x10', true],
  ['information', false],
  ['savevm info', false],
  [undefined, false],
])('HMP: %s', (line, asks) => {
  expect(isQuestion(command('human-monitor-command', line))).toBe(asks);
});

test('a subject is changed by commands and by events', () => {
  expect(subjectOf('query-jobs')).toBe('jobs');
  expect(subjectOf('query-block')).toBeUndefined();
  expect(changedBy({ kind: 'event', name: 'BLOCK_JOB_READY' })).toEqual(['jobs']);
  expect(changedBy({ kind: 'command', name: 'BLOCK_JOB_READY' })).toEqual([]);
  expect(changedBy({ kind: 'command', name: 'snapshot-save' })).toEqual(['jobs', 'run state', 'migration']);
  expect(changedBy({ kind: 'event', name: 'STOP' })).toEqual(['run state', 'migration']);
});

test('no question is a change of anything', () => {
  for (const glob of questions) {
    const name = glob.replace('*', 'x');
    if (name.startsWith('guest-fsfreeze')) continue;
    expect(changedBy({ kind: 'command', name })).toEqual([]);
  }
});
