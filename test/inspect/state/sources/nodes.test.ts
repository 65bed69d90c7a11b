import { describe, expect, test } from 'vitest';
import { exchange } from '../../../support/conversation.js';
import { contradicted, event, known, nodeInfo } from '../known.js';

const add = exchange('blockdev-add', {
  driver: 'qcow2',
  'node-name': 'disk',
  file: { driver: 'file', 'node-name': 'disk-file', filename: '/d' },
  backing: 'base',
});

describe('block nodes', () => {
  test('are implied by blockdev-add, with those that are made with them', () => {
    expect(known([add])).toMatchObject({
      'node disk driver': 'qcow2 implied #2',
      'node disk file': 'disk-file implied #2',
      'node disk backing': 'base implied #2',
      'node disk-file filename': '/d implied #2',
    });
  });

  test('go with blockdev-del; what lay under them may go too', () => {
    const found = known([add, exchange('blockdev-del', { 'node-name': 'disk' })]);
    expect(found).not.toHaveProperty('node disk');
    expect(found['node disk-file']).toBe('true stale #2');
  });

  test('are asserted by a list, which leaves none out', () => {
    const list = exchange('query-named-block-nodes', undefined, [
      nodeInfo('disk'),
      nodeInfo('other', { drv: 'file' }),
    ]);
    expect(known([list, event('RESET')])).toMatchObject({
      'node disk size': '1024 asserted #2',
      'node other size': '1024 stale #2',
    });
    expect(contradicted(add, list)).toEqual(['node disk-file #2 #4']);
    expect(contradicted(list, exchange('blockdev-del', { 'node-name': 'disk' }), list)).toEqual([
      'node disk #4 #6',
    ]);
  });

  test('have their edges from the block graph', () => {
    const graph = {
      nodes: [
        { id: 1, type: 'block-driver', name: 'disk' },
        { id: 2, type: 'block-driver', name: 'file' },
        { id: 3, type: 'block-backend', name: 'vd0' },
      ],
      edges: [
        { parent: 1, child: 2, name: 'file', perm: [] },
        { parent: 3, child: 1, name: 'root', perm: [] },
      ],
    };
    const found = known([exchange('x-debug-query-block-graph', undefined, graph)]);
    expect(found).toMatchObject({ 'node disk file': 'file asserted #2', 'node file': 'true asserted #2' });
    expect(found).not.toHaveProperty('node vd0');
  });

  test('under a snapshot are shown by nobody any more', () => {
    const block = exchange('query-block', undefined, [{ device: 'hd', inserted: nodeInfo('disk') }]);
    const found = known([block, exchange('blockdev-snapshot', { node: 'hd', overlay: 'over' })]);
    expect(found).toMatchObject({
      'node over backing': 'disk implied #4',
      'block-device hd inserted': 'over implied #4',
      'node disk read-only': 'false stale #2',
    });
    const sync = known([
      block,
      exchange('blockdev-snapshot-sync', { device: 'hd', 'snapshot-node-name': 's', 'snapshot-file': '/s' }),
    ]);
    expect(sync).toMatchObject({
      'node s driver': 'qcow2 implied #4',
      'block-device hd inserted': 's implied #4',
    });
  });

  test('are resized, opened again, and have a threshold', () => {
    const resized = known([add, exchange('block_resize', { 'node-name': 'disk', size: 4096 })]);
    expect(resized['node disk size']).toBe('4096 implied #4');
    const odd = known([add, exchange('block_resize', { 'node-name': 'disk', size: 4097 })]);
    expect(odd).not.toHaveProperty('node disk size');
    const opened = known([
      add,
      exchange('blockdev-reopen', { options: [{ 'node-name': 'disk', driver: 'qcow2', 'read-only': true }] }),
    ]);
    expect(opened).toMatchObject({
      'node disk read-only': 'true implied #4',
      'node disk backing': 'base stale #2',
    });
    const threshold = known([
      add,
      exchange('block-set-write-threshold', { 'node-name': 'disk', 'write-threshold': 5 }),
      event('BLOCK_WRITE_THRESHOLD', { 'node-name': 'disk' }),
    ]);
    expect(threshold['node disk write-threshold']).toBe('5 stale #4');
    expect(known([add, exchange('change-backing-file', {})])['node disk']).toBe('true implied #2');
  });
});

test('bitmaps are added, enabled, disabled and removed, and go with their node', () => {
  const bitmap = { node: 'disk', name: 'daily' };
  const made = [add, exchange('block-dirty-bitmap-add', { ...bitmap, granularity: 512, disabled: true })];
  expect(known(made)).toMatchObject({
    'bitmap disk/daily recording': 'false implied #4',
    'bitmap disk/daily granularity': '512 implied #4',
  });
  expect(known([...made, exchange('block-dirty-bitmap-enable', bitmap)])['bitmap disk/daily recording']).toBe(
    'true implied #6',
  );
  expect(
    known([...made, exchange('block-dirty-bitmap-disable', bitmap)])['bitmap disk/daily recording'],
  ).toBe('false implied #6');
  expect(known([...made, exchange('block-dirty-bitmap-remove', bitmap)])).not.toHaveProperty(
    'bitmap disk/daily',
  );
  expect(known([...made, exchange('blockdev-del', { 'node-name': 'disk' })])).not.toHaveProperty(
    'bitmap disk/daily',
  );
});
