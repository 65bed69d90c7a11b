/** Devices, the drives that the guest sees, and character devices. (QEMU's qapi/qdev.json, block.json, char.json.) */
import type { JsonValue } from '../../../json/value.js';
import type { Change } from '../change.js';
import { doubtGraph, takeNode } from './block-info.js';
import { accepted, answer, deviceId, event, listIn, memberIn, nameIn, type StateSource } from './source.js';

/** A drive is known by the id of its device, or else by its own name. */
function driveOf(of: JsonValue | undefined, ...keys: readonly string[]): string | undefined {
  const named = nameIn(of, ...keys);
  return named === undefined ? undefined : deviceId(named);
}

/** Devices in a tree of buses (`query-pci`). */
function* pciIds(buses: readonly JsonValue[], depth = 0): Iterable<string> {
  if (depth > 64) return;
  for (const device of buses.flatMap((bus) => listIn(memberIn(bus, 'devices')))) {
    const id = nameIn(device, 'qdev_id');
    if (id !== undefined) yield id;
    const behind = listIn(memberIn(device, 'pci_bridge', 'devices'));
    if (behind.length > 0) yield* pciIds([new Map([['devices', behind]])], depth + 1);
  }
}

/** What a drive shows that is added with a device; a drive of the command line changes its name by that. */
function insert(change: Change, device: string, drive: string): void {
  if (change.exists('node', drive)) change.imply('block-device', device, { inserted: drive });
  else if (change.exists('block-device', drive)) {
    const inserted = change.value('block-device', drive, 'inserted');
    change.imply('block-device', device, { inserted });
    if (device !== drive) change.gone('block-device', drive);
  } else change.imply('block-device', device);
}

function setInserted(change: Change, drive: string | undefined, node: JsonValue): void {
  doubtGraph(change);
  if (drive !== undefined && change.exists('block-device', drive))
    change.imply('block-device', drive, { inserted: node });
}

export const deviceSources: readonly StateSource[] = [
  answer('query-block', ['block-device', 'node', 'bitmap', 'device'], (change, { returned }) => {
    const drives = new Set<string>();
    for (const info of listIn(returned)) {
      const drive = driveOf(info, 'qdev', 'device');
      if (drive === undefined) continue;
      drives.add(drive);
      const inserted = memberIn(info, 'inserted');
      if (inserted !== undefined) takeNode(change, inserted);
      change.assert('block-device', drive, {
        inserted: inserted === undefined ? null : memberIn(inserted, 'node-name'),
        'tray-open': memberIn(info, 'tray_open'),
        'io-status': memberIn(info, 'io-status'),
        removable: memberIn(info, 'removable'),
        locked: memberIn(info, 'locked'),
      });
      const device = nameIn(info, 'qdev');
      if (device?.startsWith('/machine/peripheral/') === true) change.assert('device', deviceId(device));
    }
    change.only('block-device', drives);
  }),
  answer('qom-list', ['device'], (change, { given, returned }) => {
    if (given.get('path') !== '/machine/peripheral') return;
    const types = new Map(listIn(returned).map((of) => [nameIn(of, 'name') ?? '', nameIn(of, 'type') ?? '']));
    const devices = new Set<string>();
    for (const [name, type] of types) {
      const [, driver] = /^child<(.+)>$/.exec(type) ?? [];
      if (name === '' || driver === undefined) continue;
      devices.add(name);
      change.assert('device', name);
    }
    change.only('device', devices);
  }),
  answer('query-pci', ['device'], (change, { returned }) => {
    for (const id of pciIds(listIn(returned))) change.assert('device', id);
  }),
  answer('query-memory-devices', ['device'], (change, { returned }) => {
    for (const of of listIn(returned)) {
      const id = nameIn(memberIn(of, 'data'), 'id');
      if (id !== undefined) change.assert('device', id);
    }
  }),
  accepted('device_add', ['device', 'block-device', 'node'], (change, { given }) => {
    const [id, driver, bus] = ['id', 'driver', 'bus'].map((key) => nameIn(given, key));
    // A drive that is opened read-only until it is used is opened again.
    const drive = nameIn(given, 'drive');
    if (drive !== undefined) change.doubtAll('node', ['read-only']);
    if (id === undefined) return;
    change.imply('device', id, { driver, ...(bus === undefined ? {} : { bus }), removal: undefined });
    if (drive !== undefined && change.exists('device', id)) insert(change, id, drive);
  }),
  accepted('device_del', ['device'], (change, { given }) => {
    const id = driveOf(given, 'id');
    if (id !== undefined) change.imply('device', id, { removal: 'asked' });
  }),
  event('DEVICE_DELETED', ['device', 'block-device', 'node'], (change, data) => {
    const path = /^\/machine\/peripheral\/([^/]+)$/.exec(nameIn(data, 'path') ?? '')?.[1];
    const id = nameIn(data, 'device') ?? path;
    if (id === undefined) return;
    change.gone('device', id);
    change.gone('block-device', id);
    change.doubtAll('node', ['read-only']);
  }),
  event('DEVICE_UNPLUG_GUEST_ERROR', ['device'], (change, data) => {
    const id = driveOf(data, 'device', 'path');
    if (id !== undefined) change.imply('device', id, { removal: 'refused' });
  }),
  event('MEM_UNPLUG_ERROR', ['device'], (change, data) => {
    const id = driveOf(data, 'device');
    if (id !== undefined) change.imply('device', id, { removal: 'refused' });
  }),
  event('VSERPORT_CHANGE', ['device'], (change, data) => {
    const id = nameIn(data, 'id');
    if (id !== undefined) change.imply('device', id, { open: data.get('open') });
  }),
  event('DEVICE_TRAY_MOVED', ['block-device'], (change, data) => {
    const drive = driveOf(data, 'id', 'device');
    if (drive !== undefined && change.exists('block-device', drive))
      change.imply('block-device', drive, { 'tray-open': data.get('tray-open') });
  }),
  accepted('blockdev-insert-medium', ['block-device', 'node'], (change, { given }) => {
    setInserted(change, driveOf(given, 'id', 'device'), given.get('node-name') ?? null);
  }),
  accepted('blockdev-remove-medium', ['block-device', 'node'], (change, { given }) => {
    setInserted(change, driveOf(given, 'id', 'device'), null);
  }),
  accepted('blockdev-change-medium', ['block-device', 'node'], (change) => {
    doubtGraph(change);
  }),
  accepted('eject', ['block-device', 'node'], (change) => {
    doubtGraph(change);
  }),
  answer('query-chardev', ['chardev'], (change, { returned }) => {
    const labels = new Set<string>();
    for (const of of listIn(returned)) {
      const label = nameIn(of, 'label');
      if (label === undefined) continue;
      labels.add(label);
      change.assert('chardev', label, {
        filename: memberIn(of, 'filename'),
        'frontend-open': memberIn(of, 'frontend-open'),
      });
    }
    change.only('chardev', labels);
  }),
  accepted('chardev-add', ['chardev'], (change, { given }) => {
    const id = nameIn(given, 'id');
    if (id !== undefined) change.imply('chardev', id, { backend: memberIn(given, 'backend', 'type') });
  }),
  accepted('chardev-change', ['chardev'], (change, { given }) => {
    const id = nameIn(given, 'id');
    if (id !== undefined) change.imply('chardev', id, { backend: memberIn(given, 'backend', 'type') });
  }),
  accepted('chardev-remove', ['chardev'], (change, { given }) => {
    const id = nameIn(given, 'id');
    if (id !== undefined) change.gone('chardev', id);
  }),
];
