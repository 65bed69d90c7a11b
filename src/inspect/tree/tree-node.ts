/**
 * The nodes of a message's tree: what each stands for in the bytes, and its children, found when they are
 * first asked for. Long arrays and objects have groups of their parts as children, long texts pieces.
 */
import { frameText } from '../format.js';
import { type JsonPart, type JsonType, partsOf, typeAt } from './json-parts.js';

export interface TreeNode {
  readonly depth: number;
  /** A member's name or an element's position, escaped. */
  readonly key: string | undefined;
  /** `group`: a run of members or elements; `piece`: a part of a long text. */
  readonly type: JsonType | 'group' | 'piece';
  /** Where its name begins (or its value, if it has none), its value begins, and its value ends. */
  readonly from: number;
  readonly start: number;
  readonly end: number;
  /** Of a group: what it is a part of, and the positions that it holds. */
  readonly within: { readonly container: Extent; readonly first: number; readonly count: number } | undefined;
  open: boolean;
  children: readonly TreeNode[] | undefined;
}

interface Extent {
  readonly start: number;
  readonly end: number;
}

/** More parts than this appear in groups of as many. */
const groupSize = 100;
/** Bytes of a text that one line shows; a longer one can be opened. */
const pieceSize = 72;
/** A member's name is cut there. */
const keySize = 200;

/** Whether there is something below. */
export function canOpen({ type, start, end }: TreeNode): boolean {
  if (type === 'string') return end - start > pieceSize;
  return type === 'group' || ((type === 'object' || type === 'array') && end - start > 2);
}

/** What is below a node; found once. */
export function childrenOf(node: TreeNode, raw: Uint8Array): readonly TreeNode[] {
  node.children ??= node.type === 'string' ? pieces(node, raw) : parts(node, raw);
  return node.children;
}

function pieces(node: TreeNode, raw: Uint8Array): TreeNode[] {
  const found: TreeNode[] = [];
  for (let start = node.start; start < node.end;) {
    let end = Math.min(node.end, start + pieceSize);
    while (end < node.end && ((raw[end] ?? 0) & 0xc0) === 0x80) end++; // no half character
    found.push(child(node, { key: undefined, type: 'piece', from: start, start, end }));
    start = end;
  }
  return found;
}

function parts(node: TreeNode, raw: Uint8Array): readonly TreeNode[] {
  const { container, first, count } = node.within ?? { container: node, first: 0, count: Infinity };
  const from = node.within === undefined ? undefined : node.start;
  const kept: JsonPart[] = [];
  /** Where every hundredth part begins. */
  const marks: number[] = [];
  let found = 0;
  for (const part of partsOf(raw, container.start, container.end, from)) {
    if (found >= count) break;
    if (found % groupSize === 0) marks.push(part.key?.start ?? part.start);
    if (found++ <= groupSize) kept.push(part);
  }
  if (found > groupSize) return groups(node, { container, first, count: found }, marks);
  return kept.map((part, place) => {
    const { key, start, end } = part;
    const name = key === undefined ? String(first + place) : memberName(raw.subarray(key.start, key.end));
    return child(node, { key: name, type: typeAt(raw, start), from: key?.start ?? start, start, end });
  });
}

/** Groups of the parts; of more groups than fit, groups of groups. */
function groups(
  parent: TreeNode,
  { container, first, count }: NonNullable<TreeNode['within']>,
  marks: readonly number[],
): TreeNode[] {
  let length = groupSize;
  while (count / length > groupSize) length *= groupSize;
  const last = parent.type === 'group' ? parent.end : container.end - 1;
  const grouped: TreeNode[] = [];
  for (let at = 0; at < count; at += length) {
    const most = Math.min(length, count - at);
    const start = marks[at / groupSize] ?? container.start;
    const end = marks[(at + length) / groupSize] ?? last;
    const key = `${first + at}..${first + at + most - 1}`;
    const within = { container, first: first + at, count: most };
    grouped.push(child(parent, { key, type: 'group', from: start, start, end }, within));
  }
  return grouped;
}

function child(
  parent: TreeNode,
  place: Pick<TreeNode, 'key' | 'type' | 'from' | 'start' | 'end'>,
  within?: TreeNode['within'],
): TreeNode {
  return { ...place, depth: parent.depth + 1, within, open: false, children: undefined };
}

/** Without its quotes, where that leaves no doubt. */
function memberName(bytes: Uint8Array): string {
  const text = frameText(bytes.subarray(0, keySize));
  return /^(["'])[\w.-]+\1$/.test(text) ? text.slice(1, -1) : text;
}
