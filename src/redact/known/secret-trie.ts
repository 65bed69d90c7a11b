/**
 * Looks for many secrets at once, in any spelling: one pass over the bytes, however many there are. A hash of the
 * last few bytes (Rabin, Karp) says where one may begin, a tree of all of them which it is. What is looked at is
 * counted and bounded: a text made to cost more is taken for a secret as a whole.
 */
import { merged } from '../find/found-secret.js';
import { NormalForm, type Reading, readingsOf } from './spelling.js';

/** What is shorter is a word like any other: replaced where a rule says so, and nowhere else. */
const shortestSecret = 6;

/** Bytes of the normal form, which may be shorter, that are hashed. */
const hashed = 4;

/** Steps for each byte of a text; a text whose every place begins like a secret takes more. */
const stepsPerByte = 8;
const stepsAnyway = 4096;

/** A secret in a text: its bytes there, and its token. */
export interface Occurrence {
  readonly start: number;
  readonly end: number;
  /** Undefined: looking would have cost too much, and the whole text is to go. */
  readonly token: string | undefined;
}

/** A part of some bytes. */
interface Stretch {
  readonly bytes: Uint8Array;
  readonly from: number;
  readonly end: number;
}

const fingerprints = 1 << 16;

/** A node of a tree whose edges are pieces of secrets. */
interface Node {
  /** Of the edge to this node. */
  label: Uint8Array;
  readonly children: Map<number, Node>;
  token: string | undefined;
}

export class SecretTrie {
  readonly #root: Node = { label: new Uint8Array(0), children: new Map(), token: undefined };
  /** How many secrets begin with each hash; and by `fingerprint`, which is quicker, whether one may. */
  readonly #beginnings = new Map<number, number>();
  readonly #maybe = new Uint8Array(fingerprints);
  /** Bytes examined so far, for callers that limit them. */
  steps = 0;

  /** Adds a secret; false if it is too short to be looked for, or is looked for already. */
  add(secret: string, token: string): boolean {
    if (secret.length < shortestSecret) return false;
    const added = formsOf(secret).map((form) => this.#addForm(form, token));
    return added.includes(true);
  }

  /** Looks for this secret no more. */
  remove(secret: string): void {
    for (const form of formsOf(secret)) this.#removeForm(form);
  }

  #addForm(form: Uint8Array, token: string): boolean {
    if (form.length < hashed) return false;
    const node = this.#nodeOf(form);
    if (node.token !== undefined) return false;
    node.token = token;
    const hash = hashOf(form);
    this.#beginnings.set(hash, (this.#beginnings.get(hash) ?? 0) + 1);
    this.#maybe[fingerprint(hash)] = 1;
    return true;
  }

  #removeForm(form: Uint8Array): void {
    let parent = this.#root;
    let node: Node | undefined;
    for (let at = 0; at < form.length; at += node.label.length) {
      parent = node ?? this.#root;
      node = parent.children.get(form[at] ?? 0);
      if (node === undefined) return;
    }
    if (node?.token === undefined) return;
    node.token = undefined;
    if (node.children.size === 0) parent.children.delete(node.label[0] ?? 0);
    const hash = hashOf(form);
    const left = (this.#beginnings.get(hash) ?? 1) - 1;
    // The fingerprint stays: it only says that there may be one.
    if (left > 0) this.#beginnings.set(hash, left);
    else this.#beginnings.delete(hash);
  }

  /** The node of this form, which it makes if need be. */
  #nodeOf(form: Uint8Array): Node {
    let node = this.#root;
    for (let at = 0; at < form.length;) {
      const first = form[at] ?? 0;
      const child = node.children.get(first);
      if (child === undefined) {
        const leaf: Node = { label: form.subarray(at), children: new Map(), token: undefined };
        node.children.set(first, leaf);
        return leaf;
      }
      let same = 0;
      while (same < child.label.length && form[at + same] === child.label[same]) same++;
      at += same;
      node = same === child.label.length ? child : split(node, child, same);
    }
    return node;
  }

  /** Whether there is any in these bytes. */
  isIn(bytes: Uint8Array): boolean {
    const readings = this.#readings(bytes, 0, bytes.length);
    return readings.some(
      (reading) => this.#search({ bytes, from: 0, end: bytes.length }, reading, 1).length > 0,
    );
  }

  /** The secrets in these bytes, from the left: at each place the longest one, without overlaps. */
  find(bytes: Uint8Array, from = 0, end = bytes.length): Occurrence[] {
    const readings = this.#readings(bytes, from, end);
    const found = readings.flatMap((reading) => this.#search({ bytes, from, end }, reading));
    if (found.some(({ token }) => token === undefined)) return [{ start: from, end, token: undefined }];
    return readings.length === 1 ? found : merged(found);
  }

  #readings(bytes: Uint8Array, from: number, end: number): readonly Reading[] {
    return this.#beginnings.size === 0 ? [] : readingsOf(bytes, from, end);
  }

  /** The most secrets to hold. */
  #search({ bytes, from, end }: Stretch, reading: Reading, most = Infinity): Occurrence[] {
    const found: Occurrence[] = [];
    const budget = this.steps + (end - from) * stepsPerByte + stepsAnyway;
    /** The last bytes of the normal form and their places, and the next place in these. */
    const window = new Uint8Array(hashed);
    const places = new Int32Array(hashed);
    let form = new NormalForm(bytes, from, end, reading);
    let hash = 0;
    for (let count = 0, byte = form.next(); byte >= 0; byte = form.next(), count++) {
      const slot = count % hashed;
      hash = next(hash, byte, count < hashed ? 0 : (window[slot] ?? 0));
      window[slot] = byte;
      places[slot] = form.start;
      this.steps += 1;
      if (count + 1 < hashed || this.#maybe[fingerprint(hash)] === 0 || !this.#beginnings.has(hash)) continue;
      const start = places[(count + 1) % hashed] ?? 0;
      const match = this.#longestAt(new NormalForm(bytes, start, end, reading));
      if (match !== undefined && found.push({ start, ...match }) >= most) return found;
      if (this.steps > budget) return [{ start: from, end, token: undefined }];
      if (match === undefined) continue;
      form = new NormalForm(bytes, match.end, end, reading);
      hash = 0;
      count = -1;
    }
    return found;
  }

  /** The longest secret with which these bytes begin. */
  #longestAt(form: NormalForm): { end: number; token: string } | undefined {
    let node: Node | undefined = this.#root;
    let longest: { end: number; token: string } | undefined;
    for (;;) {
      const reached = form.at;
      if (node.token !== undefined) longest = { end: reached, token: node.token };
      let byte = form.next();
      node = node.children.get(byte);
      if (node === undefined) return longest;
      for (let at = 0; at < node.label.length; at++) {
        if (at > 0) byte = form.next();
        this.steps += 1;
        if (byte !== node.label[at]) return longest;
      }
    }
  }
}

/** Cuts an edge in two, and gives the node between. */
function split(parent: Node, child: Node, at: number): Node {
  const between: Node = { label: child.label.slice(0, at), children: new Map(), token: undefined };
  child.label = child.label.slice(at);
  between.children.set(child.label[0] ?? 0, child);
  parent.children.set(between.label[0] ?? 0, between);
  return between;
}

/** What a secret is looked for as: what its bytes are in each reading, with escapes in it and without. */
function formsOf(secret: string): Uint8Array[] {
  const encoder = new TextEncoder();
  return [
    ...(['literal', 'escapes', 'all'] as const).map((reading) => normalForm(encoder.encode(secret), reading)),
    normalForm(encoder.encode(secret.replaceAll('\\', '')), 'escapes'),
  ];
}

/** In the place of the bytes. */
function normalForm(bytes: Uint8Array, reading: Reading): Uint8Array {
  const form = new NormalForm(bytes, 0, bytes.length, reading);
  let length = 0;
  // It is never longer, so it can be written over what was read.
  for (let byte = form.next(); byte >= 0; byte = form.next()) bytes[length++] = byte;
  return bytes.slice(0, length);
}

function hashOf(form: Uint8Array): number {
  let hash = 0;
  for (let at = 0; at < hashed; at++) hash = next(hash, form[at] ?? 0, 0);
  return hash;
}

/** Rolling hash of the last few bytes, from the hash one byte earlier. */
function next(hash: number, comes: number, goes: number): number {
  return (Math.imul(hash - Math.imul(goes, oldestFactor), factor) + comes) | 0;
}

const factor = 0x01000193;
const oldestFactor = Array.from({ length: hashed - 1 }).reduce<number>(
  (power) => Math.imul(power, factor),
  1,
);

function fingerprint(hash: number): number {
  return Math.imul(hash, 0x9e3779b1) >>> 16;
}
