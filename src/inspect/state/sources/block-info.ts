/** What answers say of a block node, with its bitmaps. (`BlockDeviceInfo` in QEMU's qapi/block-core.json.) */
import { isObject, type JsonValue } from '../../../json/value.js';
import { hasFixedSize } from '../areas.js';
import type { Change } from '../change.js';
import { listIn, memberIn, nameIn } from './source.js';

/** Takes what is said of one node; gives its name. */
export function takeNode(change: Change, info: JsonValue): string | undefined {
  const node = nameIn(info, 'node-name');
  if (node === undefined || !isObject(info)) return undefined;
  const driver = info.get('drv');
  const size = memberIn(info, 'image', 'virtual-size');
  const values = {
    driver,
    filename: info.get('file'),
    'backing-file': info.get('backing_file'),
    'read-only': info.get('ro'),
    'write-threshold': info.get('write_threshold'),
    // A flat list leaves the image out.
    ...(size === undefined ? {} : { size }),
  };
  change.assert('node', node, values, hasFixedSize(driver) ? [] : ['size']);
  const bitmaps = new Set<string>();
  for (const bitmap of listIn(info.get('dirty-bitmaps'))) {
    const name = nameIn(bitmap, 'name');
    if (name === undefined) continue;
    bitmaps.add(bitmapKey(node, name));
    change.assert('bitmap', bitmapKey(node, name), {
      granularity: memberIn(bitmap, 'granularity'),
      recording: memberIn(bitmap, 'recording'),
      persistent: memberIn(bitmap, 'persistent'),
      busy: memberIn(bitmap, 'busy'),
      count: memberIn(bitmap, 'count'),
    });
  }
  change.only('bitmap', bitmaps, (key) => key.startsWith(`${node}/`));
  return node;
}

export function bitmapKey(node: string, name: string): string {
  return `${node}/${name}`;
}

/** The node that a command means, which may name it or the drive that it is inserted in. */
export function nodeOf(change: Change, named: string): string {
  if (change.exists('node', named)) return named;
  const inserted = change.value('block-device', named, 'inserted');
  return typeof inserted === 'string' ? inserted : named;
}

const ofNodes = ['file', 'backing', 'backing-file', 'read-only', 'filename'] as const;

/** A job, a snapshot and the like may have put nodes elsewhere, and opened them otherwise. */
export function doubtGraph(change: Change): void {
  doubtNodes(change);
  change.doubtAll('block-device', ['inserted']);
}

/** The same of what is under what is shown. */
export function doubtNodes(change: Change): void {
  for (const node of change.names('node')) {
    change.doubtExistence('node', node);
    change.doubt('node', node, ofNodes);
  }
}

/** Whatever shows a node shows another one instead. */
export function replaceInserted(change: Change, before: string, after: string): void {
  for (const device of change.names('block-device')) {
    if (device === before || change.value('block-device', device, 'inserted') === before)
      change.imply('block-device', device, { inserted: after });
  }
}
