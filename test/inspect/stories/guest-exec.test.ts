import { expect, test } from 'vitest';
import { exchange } from '../../support/conversation.js';
import { command, refused, told, essence } from './told.js';

test('a program in the guest belongs together by its pid', () => {
  const stories = told(
    exchange('guest-exec', { path: '/bin/ls', arg: ['-l', '/'] }, { pid: 71 }),
    exchange('guest-exec', { path: '/bin/false' }, { pid: 72 }),
    exchange('guest-exec-status', { pid: 71 }, { exited: false }),
    exchange('guest-exec-status', { pid: 72 }, { exited: true, exitcode: 1 }),
    exchange('guest-exec-status', { pid: 71 }, { exited: true, exitcode: 0, 'out-data': '' }),
    exchange('guest-exec', { path: '/bin/sleep' }, { pid: 73 }),
    exchange('guest-exec-status', { pid: 73 }, { exited: true, signal: 9 }),
    exchange('guest-exec-status', { pid: 99 }, { exited: true }),
    command('guest-exec', { path: '/none' }),
    refused('No such file'),
    exchange('guest-exec', { path: '/bin/cat' }, { pid: 74 }),
  );
  expect(stories.map((story) => essence(story).slice(1))).toEqual([
    ['/bin/cat', 'unfinished', 'the client left before the end', 1, 'guest-exec'],
    ['/bin/ls -l /', 'success', 'exit code 0', 9, 'guest-exec still running ended'],
    ['/bin/false', 'failure', 'exit code 1', 5, 'guest-exec ended'],
    ['/bin/sleep', 'failure', 'signal 9', 3, 'guest-exec ended'],
    ['/none', 'failure', 'No such file', 1, 'guest-exec refused'],
  ]);
});
