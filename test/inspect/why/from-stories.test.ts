import { expect, test } from 'vitest';
import { exchange } from '../../support/conversation.js';
import { command, event, refused } from '../stories/told.js';
import { found } from './found.js';

const migrate = exchange('migrate', { uri: 'tcp:h:1' });

test('migrations that failed or were cancelled', () => {
  const failed = { status: 'failed', 'error-desc': 'no route' };
  expect(found(migrate, exchange('query-migrate', undefined, failed))).toEqual([
    'error migration-failed 1/1,4: the migration tcp:h:1 failed: no route',
  ]);
  expect(found(migrate, event('MIGRATION', { status: 'cancelled' }))).toEqual([
    'warning migration-cancelled 1/1,3: the migration tcp:h:1 was cancelled',
  ]);
});

test('a job that failed', () => {
  const done = event('BLOCK_JOB_COMPLETED', { device: 'j', error: 'No space left' });
  expect(found(exchange('blockdev-mirror', { 'job-id': 'j' }), done)).toEqual([
    'error job-failed 1/1,3: the job j failed: No space left',
  ]);
});

test('what was refused at once is told as an error response', () => {
  expect(found(command('migrate', { uri: 'x' }), refused('bad uri'))).toEqual([
    'warning error-responses 1/2: migrate was refused: GenericError: bad uri',
  ]);
});
