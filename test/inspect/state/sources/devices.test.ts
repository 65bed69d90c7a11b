import { describe, expect, test } from 'vitest';
import { exchange, type Line } from '../../../support/conversation.js';
import { contradicted, event, known, nodeInfo } from '../known.js';

const add = exchange('device_add', { driver: 'virtio-blk-pci', id: 'vd0', drive: 'disk', bus: 'pci.0' });
const disk = exchange('blockdev-add', { driver: 'raw', 'node-name': 'disk' });

describe('devices', () => {
  test('are added with what they show', () => {
    expect(known([disk, add])).toMatchObject({
      'device vd0 driver': 'virtio-blk-pci implied #4',
      'block-device vd0 inserted': 'disk implied #4',
    });
    // A drive that is not known may be of the command line, and show any node.
    expect(known([add])).toHaveProperty('block-device vd0');
    expect(known([add])).not.toHaveProperty('block-device vd0 inserted');
  });

  test('take over the drive of the command line', () => {
    const block = exchange('query-block', undefined, [{ device: 'disk', inserted: nodeInfo('#block1') }]);
    const found = known([block, add]);
    expect(found['block-device vd0 inserted']).toBe('#block1 implied #4');
    expect(found).not.toHaveProperty('block-device disk');
  });

  test('are asked to go, refuse, and go', () => {
    const asked = [add, exchange('device_del', { id: '/machine/peripheral/vd0' })];
    expect(known(asked)['device vd0 removal']).toBe('asked implied #4');
    expect(
      known([...asked, event('DEVICE_UNPLUG_GUEST_ERROR', { device: 'vd0', path: '/x' })])[
        'device vd0 removal'
      ],
    ).toBe('refused implied #5');
    expect(known([add, event('MEM_UNPLUG_ERROR', { device: 'vd0', msg: '' })])['device vd0 removal']).toBe(
      'refused implied #3',
    );
    expect(
      known([...asked, event('DEVICE_DELETED', { device: 'vd0', path: '/machine/peripheral/vd0' })]),
    ).toEqual({});
  });

  test('do not come back with the answer to the command that removed them', () => {
    const lines: (Line | Line[])[] = [
      add,
      ['->', { execute: 'device_del', arguments: { id: 'vd0' } }],
      event('DEVICE_DELETED', { device: 'vd0' }),
      ['<-', { return: {} }],
    ];
    expect(known(lines)).toEqual({});
  });

  test('are asserted by lists; only the list of all says what is gone', () => {
    const all = exchange('qom-list', { path: '/machine/peripheral' }, [
      { name: 'type', type: 'string' },
      { name: 'usb', type: 'child<qemu-xhci>' },
    ]);
    expect(known([all])).toEqual({ 'device usb': 'true asserted #2' });
    expect(contradicted(add, all)).toEqual(['device vd0 #2 #4']);
    expect(known([exchange('qom-list', { path: '/machine' }, [{ name: 'usb', type: 'child<x>' }])])).toEqual(
      {},
    );
    const pci = [
      { devices: [{ qdev_id: 'b', pci_bridge: { devices: [{ qdev_id: 'c' }, { qdev_id: '' }] } }] },
    ];
    expect(Object.keys(known([exchange('query-pci', undefined, pci)]))).toEqual(['device b', 'device c']);
    const memory = exchange('query-memory-devices', undefined, [{ type: 'dimm', data: { id: 'dimm0' } }]);
    expect(contradicted(add, memory)).toEqual([]);
    expect(known([memory])).toEqual({ 'device dimm0': 'true asserted #2' });
  });

  test('have ports that the guest opens', () => {
    expect(known([event('VSERPORT_CHANGE', { id: 'channel0', open: true })])['device channel0 open']).toBe(
      'true implied #1',
    );
  });
});

describe('block devices', () => {
  const cd = exchange('query-block', undefined, [
    {
      device: 'cd',
      qdev: '/machine/peripheral/cd0/drive',
      tray_open: false,
      inserted: nodeInfo('iso'),
      locked: true,
    },
  ]);

  test('are known by the id of their device', () => {
    expect(known([cd, event('RESET')])).toMatchObject({
      'block-device cd0 inserted': 'iso asserted #2',
      'block-device cd0 locked': 'true stale #2',
      'device cd0': 'true asserted #2',
      'node iso driver': 'qcow2 asserted #2',
    });
  });

  test('are opened, emptied, and get another medium', () => {
    const moved = known([
      cd,
      event('DEVICE_TRAY_MOVED', { id: '/machine/peripheral/cd0', 'tray-open': true }),
    ]);
    expect(moved['block-device cd0 tray-open']).toBe('true implied #3');
    expect(known([cd, exchange('blockdev-remove-medium', { id: 'cd0' })])['block-device cd0 inserted']).toBe(
      'null implied #4',
    );
    const other = known([cd, exchange('blockdev-insert-medium', { id: 'cd0', 'node-name': 'n' })]);
    expect(other['block-device cd0 inserted']).toBe('n implied #4');
    for (const name of ['eject', 'blockdev-change-medium'])
      expect(known([cd, exchange(name, { id: 'cd0' })])['block-device cd0 inserted']).toBe('iso stale #2');
  });
});

test('character devices', () => {
  const list = exchange('query-chardev', undefined, [
    { label: 'c', filename: 'pty', 'frontend-open': false },
  ]);
  expect(known([list, event('RESET')])).toMatchObject({
    'chardev c': 'true asserted #2',
    'chardev c filename': 'pty stale #2',
  });
  const add = exchange('chardev-add', { id: 'd', backend: { type: 'pty', data: {} } });
  expect(known([add])['chardev d backend']).toBe('pty implied #2');
  expect(contradicted(add, list)).toEqual(['chardev d #2 #4']);
  const changed = exchange('chardev-change', { id: 'd', backend: { type: 'null' } });
  expect(known([add, changed])['chardev d backend']).toBe('"null" implied #4');
  expect(known([add, exchange('chardev-remove', { id: 'd' })])).toEqual({});
});
