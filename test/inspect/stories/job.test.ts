import { describe, expect, test } from 'vitest';
import { exchange, type Line } from '../../support/conversation.js';
import { event, command, refused, told, essence } from './told.js';

describe('a job', () => {
  const status = (id: string, ...all: string[]): Line[] =>
    all.map((one) => event('JOB_STATUS_CHANGE', { id, status: one }));

  test('has its states, and its outcome from the block job event', () => {
    const stories = told(
      command('blockdev-mirror', { 'job-id': 'copy', device: 'd', target: 't', sync: 'full' }),
      status('copy', 'created', 'running'),
      ['<-', { return: {} }],
      status('copy', 'ready'),
      event('BLOCK_JOB_READY', { device: 'copy', type: 'mirror' }, 100),
      exchange('block-job-complete', { device: 'copy' }),
      status('copy', 'waiting', 'pending'),
      event('BLOCK_JOB_COMPLETED', { device: 'copy', type: 'mirror', len: 1, offset: 1 }),
      status('copy', 'concluded'),
      exchange('job-dismiss', { id: 'copy' }),
      status('copy', 'null'),
    );
    expect(stories.map(essence)).toEqual([
      [
        'job',
        'copy',
        'success',
        'mirror',
        109,
        'blockdev-mirror created running ready BLOCK_JOB_READY block-job-complete waiting pending BLOCK_JOB_COMPLETED concluded job-dismiss null',
      ],
    ]);
  });

  test('fails, is cancelled, is refused', () => {
    const stories = told(
      exchange('blockdev-backup', { 'job-id': 'a', device: 'd' }),
      event('BLOCK_JOB_ERROR', { device: 'a', operation: 'write', action: 'report' }),
      event('BLOCK_JOB_COMPLETED', { device: 'a', type: 'backup', error: 'No space left on device' }),
      exchange('block-stream', { device: 'b' }),
      exchange('block-job-cancel', { device: 'b' }),
      event('BLOCK_JOB_CANCELLED', { device: 'b', type: 'stream' }),
      command('block-commit', { 'job-id': 'c', device: 'd' }),
      refused('no'),
    );
    expect(stories.map((story) => essence(story).slice(1, 4))).toEqual([
      ['a', 'failure', 'No space left on device'],
      ['b', 'cancelled', 'stream'],
      ['c', 'failure', 'no'],
    ]);
  });

  test('that is no block job tells its error when it is asked', () => {
    const stories = told(
      exchange('blockdev-create', { 'job-id': 'make', options: {} }),
      status('make', 'created', 'running', 'aborting', 'concluded'),
      exchange('query-jobs', undefined, [{ id: 'make', status: 'concluded', error: 'File exists' }]),
      exchange('job-dismiss', { id: 'make' }),
      status('make', 'null'),
      exchange('snapshot-save', { 'job-id': 'snap' }),
      status('snap', 'created', 'running'),
      exchange('job-cancel', { id: 'snap' }),
      status('snap', 'aborting', 'concluded'),
      exchange('query-jobs', undefined, [{ id: 'snap', error: 'cancelled' }]),
      exchange('job-pause', { id: 'nobody' }),
    );
    expect(stories.map((story) => essence(story).slice(1, 4))).toEqual([
      ['make', 'failure', 'File exists'],
      ['snap', 'cancelled', 'snapshot save'],
    ]);
  });

  test('of which the beginning is not here', () => {
    const stories = told(
      status('other', 'running'),
      status('again', 'created', 'concluded', 'null', 'created', 'running'),
      event('BLOCK_JOB_READY', { device: 'other', type: 'commit' }),
      event('BLOCK_JOB_READY', {}),
    );
    expect(stories.map((story) => essence(story).slice(1, 3))).toEqual([
      ['other', 'unfinished'],
      ['again', 'unfinished'],
      ['again', 'success'],
    ]);
  });

  test('of a transaction is a story of its own', () => {
    const action = (type: string, data: object): object => ({ type, data });
    const stories = told(
      exchange('transaction', {
        actions: [
          action('blockdev-backup', { 'job-id': 'b1', device: 'x' }),
          action('block-dirty-bitmap-add', { node: 'x', name: 'n' }),
          ...Array.from({ length: 8 }, () => action('abort', {})),
        ],
      }),
      event('BLOCK_JOB_COMPLETED', { device: 'b1', type: 'backup' }, 50),
      command('transaction', { actions: [action('blockdev-backup', { 'job-id': 'b2' })] }),
      refused('no such node'),
    );
    expect(stories.map((story) => essence(story).slice(0, 5))).toEqual([
      ['job', 'b1', 'success', 'backup', 51],
      [
        'transaction',
        'blockdev-backup, block-dirty-bitmap-add, abort, abort, abort, abort, abort, abort, …',
        'success',
        undefined,
        1,
      ],
      ['job', 'b2', 'failure', 'no such node', 1],
      ['transaction', 'blockdev-backup', 'failure', 'no such node', 1],
    ]);
  });
});
