import { expect, test } from 'vitest';
import { command, refused } from '../stories/told.js';
import { found, foundIn } from './found.js';
import type { Line } from '../../support/conversation.js';

const error = (name: string, desc: string): Line => ['<-', { error: { class: name, desc } }];

test('errors that differ by a name or a number alone are one', () => {
  expect(
    found(
      command('device_del', {}), error('DeviceNotFound', "Device 'a' not found"),
      command('device_del', {}), error('DeviceNotFound', "Device 'b' not found"),
      command('device_del', {}), refused('Bus 7 is busy'),
      command('device_del', {}), refused('Bus 8 is busy'),
    ),
  ).toEqual([
    "warning error-responses 1/2,4: device_del was refused 2 times: DeviceNotFound: Device 'a' not found",
    'warning error-responses 1/6,8: device_del was refused 2 times: GenericError: Bus 7 is busy',
  ]); // prettier-ignore
});

test('a descriptor that was not taken is a matter of its own', () => {
  expect(found(command('getfd', {}), refused('No file descriptor supplied via SCM_RIGHTS'))).toEqual([
    'error descriptor-failed 1/2: getfd was refused: GenericError: No file descriptor supplied via SCM_RIGHTS',
  ]);
});

test('a response to a client that had gone', () => {
  const first = { lines: [['->', { execute: 'query-block', id: 'x-1' }]] as Line[] };
  const second = { lines: [['<-', { return: [], id: 'x-1' }]] as Line[], started: 5_000_000 };
  expect(foundIn(first, second)).toContain(
    'warning late-response 2/1: 1 response to query-block came when its client had gone',
  );
});

test('a long description is cut, and one that is none does no harm', () => {
  expect(found(command('a', {}), refused('x'.repeat(400)))[0]).toContain(`${'x'.repeat(300)}…`);
  expect(found(command('a', {}), ['<-', { error: 5 }])[0]).toContain('a was refused');
});
