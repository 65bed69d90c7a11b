/**
 * A message as an indented tree whose branches fold: reads of the message's bytes only what is open, so that
 * ten megabytes open as fast as ten bytes. Bytes that are no JSON appear as pieces of text.
 */
import { findText } from '../view/find-text.js';
import { formatBytes, frameText } from '../format.js';
import { skipBlank, typeAt, valueEnd } from './json-parts.js';
import { canOpen, childrenOf, type TreeNode } from './tree-node.js';

/** One line of the tree; text is escaped. */
export interface TreeLine {
  readonly depth: number;
  /** A member's name or an element's position. */
  readonly key: string | undefined;
  readonly text: string;
  readonly type: TreeNode['type'];
  /** Undefined: there is nothing to open. */
  readonly open: boolean | undefined;
}

/** Bytes of a closed branch that are shown beside its name. */
const previewSize = 300;
/** At first, branches are opened as long as there are fewer lines than this, … */
const firstLines = 150;
/** …and only those of at most this many bytes. */
const firstBytes = 1_000_000;

export class MessageTree {
  readonly #raw: Uint8Array;
  #lines: TreeNode[];

  /** `json`: whether the bytes were understood, or are to be shown as the text that they are. */
  constructor(raw: Uint8Array, json = true) {
    this.#raw = raw;
    this.#lines = [...childrenOf(rootOf(raw, json), raw)];
    this.#openFirst();
  }

  get length(): number {
    return this.#lines.length;
  }

  line(place: number): TreeLine | undefined {
    const node = this.#lines[place];
    if (node === undefined) return undefined;
    const { depth, key, type } = node;
    return { depth, key, type, text: this.#text(node), open: canOpen(node) ? node.open : undefined };
  }

  /** The bytes of a line's value. */
  bytes(place: number): Uint8Array {
    const node = this.#lines[place];
    return node === undefined ? this.#raw.subarray(0, 0) : this.#raw.subarray(node.start, node.end);
  }

  /** Opens or closes a branch. False: the line is none. */
  setOpen(place: number, open: boolean): boolean {
    const node = this.#lines[place];
    if (node === undefined || !canOpen(node)) return false;
    if (open && !node.open) {
      node.open = true;
      // Not `splice`: the number of arguments of a call is limited.
      const inside = shown(childrenOf(node, this.#raw));
      this.#lines = [...this.#lines.slice(0, place + 1), ...inside, ...this.#lines.slice(place + 1)];
    } else if (!open && node.open) {
      this.#lines.splice(place + 1, this.#endOfBranch(place) - place - 1);
      node.open = false;
    }
    return true;
  }

  /** The line of the branch that a line is in; itself where it is in none. */
  parent(place: number): number {
    const depth = this.#lines[place]?.depth ?? 0;
    for (let above = place - 1; above >= 0; above--) {
      if ((this.#lines[above]?.depth ?? 0) < depth) return above;
    }
    return place;
  }

  /**
   * Looks for a text, ignoring the case of a to z, in the lines after (before) one, in closed branches
   * too, and from the other end on. Opens what is around it and gives its line.
   */
  find(text: string, from: number, direction: 1 | -1): number | undefined {
    const node = this.#lines[from];
    if (node === undefined) return undefined;
    const after = canOpen(node) && node.open ? node.start : node.end;
    const found = findText(this.#raw, text, direction === 1 ? after : node.from, direction);
    return found === undefined ? undefined : this.#reveal(found);
  }

  #reveal(offset: number): number {
    let nearest = 0;
    for (let from = 0, end = this.#lines.length; ;) {
      const at = this.#lines.findIndex((node, place) => {
        return place >= from && place < end && node.from <= offset && offset < node.end;
      });
      const node = this.#lines[at];
      if (node === undefined) return nearest;
      if (offset < node.start || !this.setOpen(at, true)) return at;
      nearest = at;
      from = at + 1;
      end = this.#endOfBranch(at);
    }
  }

  #text({ type, start, end, open }: TreeNode): string {
    if (type === 'piece') return frameText(this.#raw.subarray(start, end));
    if (open) return '';
    const text = frameText(this.#raw.subarray(start, Math.min(end, start + previewSize)));
    return end - start > previewSize ? `${formatBytes(end - start)} ${text}` : text;
  }

  /** Where the lines below an open branch end. */
  #endOfBranch(place: number): number {
    const depth = this.#lines[place]?.depth ?? 0;
    let end = place + 1;
    while (end < this.#lines.length && (this.#lines[end]?.depth ?? 0) > depth) end++;
    return end;
  }

  #openFirst(): void {
    let opened = true;
    for (let depth = 0; opened && this.#lines.length < firstLines; depth++) {
      opened = false;
      for (let place = 0; place < this.#lines.length && this.#lines.length < firstLines; place++) {
        const node = this.#lines[place];
        if (node?.depth !== depth || node.end - node.start > firstBytes) continue;
        if (node.type === 'object' || node.type === 'array') opened = this.setOpen(place, true) || opened;
      }
    }
  }
}

/** The whole message as a branch that has no line of its own. */
function rootOf(raw: Uint8Array, json: boolean): TreeNode {
  const start = skipBlank(raw, 0, raw.length);
  const type = typeAt(raw, start);
  const isBranch = json && (type === 'object' || type === 'array');
  const place = isBranch
    ? { type, start, end: valueEnd(raw, start, raw.length) }
    : { type: 'string' as const, start: 0, end: raw.length };
  return { ...place, depth: -1, key: undefined, from: 0, within: undefined, open: true, children: undefined };
}

/** Nodes with what is open below them. */
function shown(nodes: readonly TreeNode[]): TreeNode[] {
  return nodes.flatMap((node) => (node.open && node.children ? [node, ...shown(node.children)] : [node]));
}
