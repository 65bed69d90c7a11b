import { describe, expect, test } from 'vitest';
import { exchange, type Line } from '../../../support/conversation.js';
import { contradicted, event, known, nodeInfo } from '../known.js';

const status = (id: string, to: string): Line => event('JOB_STATUS_CHANGE', { id, status: to });
const block = exchange('query-block', undefined, [{ device: 'hd', inserted: nodeInfo('disk') }]);
const mirror = [
  block,
  exchange('blockdev-add', { driver: 'raw', 'node-name': 'copy' }),
  exchange('blockdev-mirror', { 'job-id': 'm', device: 'disk', target: 'copy', sync: 'full' }),
  status('m', 'ready'),
];
const completed = (error?: string): Line =>
  event('BLOCK_JOB_COMPLETED', { device: 'm', type: 'mirror', ...(error === undefined ? {} : { error }) });

describe('jobs', () => {
  test('have what began them, and the status of their events', () => {
    expect(known(mirror)).toMatchObject({
      'job m type': 'mirror implied #6',
      'job m status': 'ready implied #7',
      'block-device hd inserted': 'disk stale #2',
    });
  });

  test('that mirror show the target once they were asked to complete', () => {
    const lines = [...mirror, exchange('job-complete', { id: 'm' }), completed(), status('m', 'null')];
    const found = known(lines);
    expect(found['block-device hd inserted']).toBe('copy implied #10');
    expect(found).not.toHaveProperty('job m');
    expect(known([...mirror, completed()])['block-device hd inserted']).toBe('disk stale #2');
    const failed = known([...mirror, exchange('block-job-complete', { device: 'm' }), completed('no')]);
    expect(failed).toMatchObject({
      'block-device hd inserted': 'disk stale #2',
      'job m error': 'no implied #10',
    });
  });

  test('of an old QEMU end with the event of the block job', () => {
    const start = exchange('drive-backup', { device: 'd', target: '/x' });
    expect(known([start, event('BLOCK_JOB_COMPLETED', { device: 'd', type: 'backup' })])).not.toHaveProperty(
      'job d',
    );
    expect(known([start, event('BLOCK_JOB_CANCELLED', { device: 'd', type: 'backup' })])).not.toHaveProperty(
      'job d',
    );
    expect(known([start, event('BLOCK_JOB_READY', { device: 'd', type: 'backup' })])).toHaveProperty('job d');
    expect(known([start, event('BLOCK_JOB_PENDING', { device: 'd', type: 'backup' })])).toHaveProperty(
      'job d',
    );
  });

  test('are listed; of block jobs only these', () => {
    const jobs = exchange('query-jobs', undefined, [
      { id: 'c', type: 'create', status: 'running', 'current-progress': 1, 'total-progress': 2 },
    ]);
    expect(contradicted(...mirror, jobs)).toEqual(['job m #6 #9']);
    const blockJobs = exchange('query-block-jobs', undefined, [
      { device: 'm', type: 'mirror', status: 'ready', speed: 5, offset: 7, len: 9 },
    ]);
    const found = known([jobs, ...mirror, blockJobs]);
    expect(found).toMatchObject({
      'job c status': 'running asserted #2',
      'job m speed': '5 asserted #11',
      'job m progress': '7 asserted #11',
    });
    expect(known([jobs, ...mirror, blockJobs, exchange('query-block-jobs', undefined, [])])).toHaveProperty(
      'job c',
    );
  });

  test('are sped up and dismissed', () => {
    const faster = known([...mirror, exchange('block-job-set-speed', { device: 'm', speed: 9 })]);
    expect(faster['job m speed']).toBe('9 implied #9');
    expect(known([...mirror, exchange('job-dismiss', { id: 'm' })])).not.toHaveProperty('job m');
    expect(known([...mirror, exchange('block-job-dismiss', { id: 'm' })])).not.toHaveProperty('job m');
  });

  test('that load a snapshot may have changed anything', () => {
    const load = exchange('snapshot-load', { 'job-id': 'l', tag: 't', vmstate: 'd', devices: [] });
    const found = known([
      exchange('query-status', undefined, { status: 'paused' }),
      load,
      status('l', 'concluded'),
    ]);
    expect(found['run status']).toBe('paused stale #2');
  });
});
