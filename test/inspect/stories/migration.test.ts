import { describe, expect, test } from 'vitest';
import { exchange, type Line } from '../../support/conversation.js';
import { event, command, refused, told, essence } from './told.js';

describe('a migration', () => {
  const status = (...all: string[]): Line[] => all.map((one) => event('MIGRATION', { status: one }));

  test('is told by its events', () => {
    const stories = told(
      exchange('migrate', { uri: 'fd:migrate', detach: true }),
      status('setup', 'active', 'active'),
      exchange('query-migrate', undefined, { status: 'active' }),
      status('pre-switchover'),
      exchange('migrate-continue', { state: 'pre-switchover' }),
      status('device', 'completed'),
      exchange('query-migrate', undefined, { status: 'completed', downtime: 7 }),
      exchange('migrate', { uri: 'tcp:x' }),
      status('setup', 'failed'),
      exchange('query-migrate', undefined, { status: 'failed', 'error-desc': 'Connection refused' }),
    );
    expect(stories.map(essence)).toEqual([
      [
        'migration',
        'fd:migrate',
        'success',
        'downtime 7 ms',
        11,
        'migrate setup active pre-switchover migrate-continue device completed',
      ],
      ['migration', 'tcp:x', 'failure', 'Connection refused', 3, 'migrate setup failed'],
    ]);
  });

  test('is told by the answers to query-migrate where there are no events', () => {
    const stories = told(
      exchange('migrate-incoming', { uri: 'exec:cat' }),
      exchange('query-migrate', undefined, { status: 'completed' }),
      exchange('query-migrate', undefined, { status: 'active' }),
      exchange('migrate_cancel'),
      exchange('query-migrate', undefined, { status: 'cancelled' }),
      command('migrate', { uri: 'bad' }),
      refused('not a valid migration protocol'),
    );
    expect(stories.map(essence)).toEqual([
      [
        'migration',
        'incoming exec:cat',
        'cancelled',
        undefined,
        9,
        'migrate-incoming active migrate_cancel cancelled',
      ],
      ['migration', 'bad', 'failure', 'not a valid migration protocol', 1, 'migrate refused'],
    ]);
  });

  test('begins by itself on the side that was started for it', () => {
    expect(told(status('setup', 'active', 'completed')).map(essence)).toEqual([
      ['migration', '', 'success', undefined, 2, 'setup active completed'],
    ]);
  });
});

test('a migration whose end is told by the first query-migrate, and its passes', () => {
  const ram = { remaining: 2_871_296, 'dirty-sync-count': 2 };
  const stories = told(
    exchange('migrate', { uri: 'tcp:a' }),
    exchange('query-migrate', undefined, { status: 'failed', 'error-desc': 'refused' }),
    exchange('migrate', { uri: 'tcp:b' }),
    event('MIGRATION_PASS', { pass: 1 }),
    exchange('query-migrate', undefined, { status: 'active', ram }),
    exchange('query-migrate', undefined, { status: 'completed' }),
  );
  expect(
    stories.map(({ outcome, detail, steps }) => [outcome, detail, steps.map(({ text }) => text)]),
  ).toEqual([
    ['failure', 'refused', ['migrate', 'failed']],
    ['success', undefined, ['migrate', 'pass 1', 'active, pass 2, 2.9 MB remaining', 'completed']],
  ]);
});
