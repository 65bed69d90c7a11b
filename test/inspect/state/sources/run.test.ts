import { describe, expect, test } from 'vitest';
import { exchange, type Line } from '../../../support/conversation.js';
import { contradicted, event, known } from '../known.js';

const status = (value: string, running: boolean): Line[] =>
  exchange('query-status', undefined, { status: value, running });

describe('the run state', () => {
  test('is asserted by an answer, implied by stop and cont', () => {
    expect(known([status('prelaunch', false)])).toMatchObject({
      'run status': 'prelaunch asserted #2',
      'run running': 'false asserted #2',
    });
    const lines = [
      ...exchange('cont'),
      ['->', { execute: 'stop' }] as Line,
      event('STOP'),
      ['<-', { return: {} }] as Line,
    ];
    expect(known(lines)).toMatchObject({
      'run status': 'paused implied #5',
      'run running': 'false implied #4',
    });
  });

  test('is not known for certain after a STOP that nobody asked for', () => {
    expect(known([status('running', true), event('STOP')])).toMatchObject({
      'run status': 'running stale #2',
      'run running': 'false implied #3',
    });
  });

  test.each([
    ['BLOCK_IO_ERROR', { action: 'stop' }, 'io-error'],
    ['GUEST_PANICKED', { action: 'pause' }, 'guest-panicked'],
    ['WATCHDOG', { action: 'pause' }, 'watchdog'],
    ['SHUTDOWN', { guest: true, reason: 'guest-shutdown' }, 'shutdown'],
  ])('is what %s led to', (name, data, expected) => {
    const found = known([status('running', true), event(name, data), event('STOP')]);
    expect(found['run status']).toBe(`${expected} implied #4`);
  });

  test('is as before its start after a reset of a VM that is stopped, and goes on after one of a VM that runs', () => {
    expect(known([status('paused', false), event('RESET')])['run status']).toBe('prelaunch implied #3');
    expect(known([status('running', true), event('RESET')])['run status']).toBe('running asserted #2');
  });

  test('of a stopped VM stays as it is when stop is accepted again', () => {
    expect(known([status('io-error', false), exchange('stop')])['run status']).toBe('io-error asserted #2');
  });

  test('changes by itself while a migration comes in or goes on', () => {
    expect(known([status('inmigrate', false), exchange('cont'), event('POWERDOWN')])['run status']).toBe(
      'inmigrate stale #2',
    );
    const found = known([exchange('migrate'), status('paused', false), exchange('query-name')]);
    expect(found['run status']).toBe('paused stale #4');
  });

  test('that an answer tells otherwise is a contradiction, unless it was set while the question was under way', () => {
    expect(contradicted(event('RESUME'), status('paused', false))).toEqual([
      'run status #1 #3',
      'run running #1 #3',
    ]);
    expect(
      contradicted(['->', { execute: 'query-status' }], event('RESUME'), [
        '<-',
        { return: { status: 'paused', running: false } },
      ]),
    ).toEqual([]);
  });
});

test('the name and the balloon', () => {
  const found = known([
    exchange('query-name', undefined, { name: 'web1' }),
    event('BALLOON_CHANGE', { actual: 7 }),
  ]);
  expect(found).toMatchObject({ 'vm name': 'web1 asserted #2', 'vm balloon': '7 implied #3' });
});
