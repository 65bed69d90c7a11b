import { expect, test } from 'vitest';
import { exchange } from '../../support/conversation.js';
import { event, command, refused, told, essence } from './told.js';

test('spans: pause, power down, freeze, dump', () => {
  const stories = told(
    event('STOP'),
    event('RESUME', {}, 30),
    event('RESUME'),
    exchange('guest-fsfreeze-freeze', undefined, 2),
    command('guest-fsfreeze-thaw', {}),
    refused('busy'),
    exchange('guest-fsfreeze-thaw', undefined, 2, 20),
    exchange('dump-guest-memory', { paging: false, protocol: 'file:x' }),
    exchange('dump-guest-memory', { paging: false, protocol: 'file:x', detach: true }),
    event('DUMP_COMPLETED', { result: { status: 'failed' }, error: 'disk full' }),
    exchange('system_powerdown'),
    exchange('system_powerdown'),
    event('STOP'),
  );
  expect(stories.map((story) => essence(story).slice(0, 5))).toEqual([
    ['power down', '', 'unfinished', 'the client left before the end', 4],
    ['pause', '', 'unfinished', 'to the end of the session', 0],
    ['pause', '', 'success', undefined, 30],
    ['file system freeze', '', 'success', undefined, 24],
    ['memory dump', '', 'failure', 'disk full', 2],
  ]);
});

test('a pause tells its cause, and is no success while it lasts', () => {
  const error = {
    action: 'stop',
    operation: 'write',
    'node-name': 'd0',
    device: '',
    reason: 'No space left on device',
  };
  const stories = told(
    event('BLOCK_IO_ERROR', { ...error, action: 'report' }),
    event('STOP'),
    event('RESUME'),
    event('BLOCK_IO_ERROR', error),
    event('STOP'),
    event('RESUME'),
    event('GUEST_PANICKED', { action: 'pause' }),
    event('STOP'),
  );
  expect(stories.map(({ outcome, detail }) => [outcome, detail])).toEqual([
    ['unfinished', 'GUEST_PANICKED, to the end of the session'],
    ['success', undefined],
    ['success', 'BLOCK_IO_ERROR: No space left on device (write to d0)'],
  ]);
});
