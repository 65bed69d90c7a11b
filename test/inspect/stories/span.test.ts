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
    ['pause', '', 'success', undefined, 30],
    ['file system freeze', '', 'success', undefined, 24],
    ['memory dump', '', 'failure', 'disk full', 2],
    ['pause', '', 'success', 'to the end of the session', 0],
  ]);
});
