/** The block graph: nodes, what lies under them, their bitmaps. (QEMU's qapi/block-core.json.) */
import { isObject, type JsonObject, type JsonValue } from '../../../json/value.js';
import type { Change } from '../change.js';
import { bitmapKey, doubtGraph, nodeOf, replaceInserted, takeNode } from './block-info.js';
import { accepted, answer, event, listIn, memberIn, nameIn, type StateSource } from './source.js';

/** Deeper options than QEMU's parser takes are not there. */
const maxDepth = 100;

/** Takes the options of a node, with those of the nodes that are made with it. */
function takeOptions(change: Change, options: JsonValue | undefined, depth = 0): string | undefined {
  if (typeof options === 'string') return options;
  const node = nameIn(options, 'node-name');
  if (!isObject(options) || depth > maxDepth) return node;
  const file = takeOptions(change, options.get('file'), depth + 1);
  const backing = takeOptions(change, options.get('backing'), depth + 1);
  if (node === undefined) return undefined;
  change.imply('node', node, {
    driver: options.get('driver'),
    ...(file === undefined ? {} : { file }),
    ...(backing === undefined ? {} : { backing }),
    ...(options.get('read-only') === true ? { 'read-only': true } : {}),
    ...(typeof options.get('filename') === 'string' ? { filename: options.get('filename') } : {}),
  });
  return node;
}

/** Nodes that were made with this one go with it, unless another holds them. */
function removeNode(change: Change, node: string): void {
  const children = ['file', 'backing'].map((edge) => change.value('node', node, edge));
  change.gone('node', node);
  forgetBitmaps(change, node);
  for (const child of children) {
    if (typeof child !== 'string') continue;
    change.doubtExistence('node', child);
    for (const bitmap of bitmapsOf(change, child)) change.doubtExistence('bitmap', bitmap);
  }
}

function bitmapsOf(change: Change, node: string): readonly string[] {
  return change.names('bitmap').filter((key) => key.startsWith(`${node}/`));
}

function forgetBitmaps(change: Change, node: string): void {
  for (const bitmap of bitmapsOf(change, node)) change.gone('bitmap', bitmap);
}

/** The node that a bitmap is of, and its name. */
function bitmapOf(change: Change, given: JsonObject): string | undefined {
  const [node, name] = [nameIn(given, 'node'), nameIn(given, 'name')];
  return node === undefined || name === undefined ? undefined : bitmapKey(nodeOf(change, node), name);
}

function setRecording(change: Change, given: JsonObject, recording: boolean): void {
  const key = bitmapOf(change, given);
  if (key !== undefined) change.imply('bitmap', key, { recording });
}

/** A node over another, which whatever showed that shows from now on. */
function takeSnapshot(change: Change, below: string | undefined, overlay: string | undefined): void {
  doubtGraph(change);
  if (below === undefined || overlay === undefined) return;
  const node = nodeOf(change, below);
  change.imply('node', overlay, { backing: node });
  replaceInserted(change, node, overlay);
}

export const nodeSources: readonly StateSource[] = [
  answer('query-named-block-nodes', ['node', 'bitmap'], (change, { returned }) => {
    const nodes = listIn(returned).flatMap((info) => takeNode(change, info) ?? []);
    change.only('node', new Set(nodes));
  }),
  answer('x-debug-query-block-graph', ['node'], (change, { returned }) => {
    const nodes = listIn(memberIn(returned, 'nodes')).filter((of) => memberIn(of, 'type') === 'block-driver');
    const names = new Map(nodes.map((of) => [idOf(of), nameIn(of, 'name')]));
    const edges = listIn(memberIn(returned, 'edges'));
    const children = new Map<string, JsonValue>();
    for (const edge of edges) {
      const child = names.get(idOf(edge, 'child'));
      const key = `${idOf(edge, 'parent')} ${nameIn(edge, 'name') ?? ''}`;
      if (child !== undefined) children.set(key, child);
    }
    for (const [id, name] of names) {
      if (name === undefined) continue;
      change.assert('node', name, {
        file: children.get(`${id} file`),
        backing: children.get(`${id} backing`),
      });
    }
    change.only('node', new Set([...names.values()].flatMap((name) => name ?? [])));
  }),
  accepted('blockdev-add', ['node'], (change, { given }) => {
    takeOptions(change, given);
  }),
  accepted('blockdev-del', ['node', 'bitmap'], (change, { given }) => {
    const node = nameIn(given, 'node-name');
    if (node !== undefined) removeNode(change, node);
  }),
  accepted('blockdev-reopen', ['node'], (change, { given }) => {
    change.doubtAll('node', ['read-only', 'file', 'backing', 'backing-file', 'filename']);
    for (const options of listIn(given.get('options'))) takeOptions(change, options);
  }),
  accepted('blockdev-snapshot', ['node', 'block-device'], (change, { given }) => {
    takeSnapshot(change, nameIn(given, 'node'), nameIn(given, 'overlay'));
  }),
  accepted('blockdev-snapshot-sync', ['node', 'block-device'], (change, { given }) => {
    const overlay = nameIn(given, 'snapshot-node-name');
    takeSnapshot(change, nameIn(given, 'node-name', 'device'), overlay);
    if (overlay !== undefined)
      change.imply('node', overlay, {
        driver: nameIn(given, 'format') ?? 'qcow2',
        filename: given.get('snapshot-file'),
      });
  }),
  accepted('change-backing-file', ['node'], (change) => {
    change.doubtAll('node', ['backing-file']);
  }),
  accepted('block_resize', ['node'], (change, { given }) => {
    const named = nameIn(given, 'node-name', 'device');
    change.doubtAll('node', ['size']);
    const node = named === undefined ? undefined : nodeOf(change, named);
    // QEMU rounds up to its sectors.
    const size = memberIn(given, 'size');
    if (node !== undefined && change.exists('node', node) && isWholeSectors(size))
      change.imply('node', node, { size });
  }),
  accepted('block-set-write-threshold', ['node'], (change, { given }) => {
    const node = nameIn(given, 'node-name');
    if (node !== undefined) change.imply('node', node, { 'write-threshold': given.get('write-threshold') });
  }),
  event('BLOCK_WRITE_THRESHOLD', ['node'], (change, data) => {
    const node = nameIn(data, 'node-name');
    if (node !== undefined) change.doubt('node', node, ['write-threshold']);
  }),
  accepted('block-dirty-bitmap-add', ['bitmap'], (change, { given }) => {
    const key = bitmapOf(change, given);
    if (key === undefined) return;
    const granularity = given.get('granularity');
    change.imply('bitmap', key, {
      recording: given.get('disabled') !== true,
      persistent: given.get('persistent') === true,
      ...(granularity === undefined ? {} : { granularity }),
    });
  }),
  accepted('block-dirty-bitmap-remove', ['bitmap'], (change, { given }) => {
    const key = bitmapOf(change, given);
    if (key !== undefined) change.gone('bitmap', key);
  }),
  accepted('block-dirty-bitmap-enable', ['bitmap'], (change, { given }) => {
    setRecording(change, given, true);
  }),
  accepted('block-dirty-bitmap-disable', ['bitmap'], (change, { given }) => {
    setRecording(change, given, false);
  }),
];

function idOf(of: JsonValue, key = 'id'): string {
  const id = memberIn(of, key);
  return isObject(id) || id === undefined || id === null || typeof id !== 'object' ? '' : textOf(id);
}

function textOf(id: JsonValue): string {
  return id !== null && typeof id === 'object' && 'text' in id ? id.text : '';
}

function isWholeSectors(size: JsonValue | undefined): size is JsonValue {
  const text = size !== undefined && typeof size === 'object' ? textOf(size) : '';
  return /^\d{1,19}$/.test(text) && BigInt(text) % 512n === 0n;
}
