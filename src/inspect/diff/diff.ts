/**
 * Compares two recorded sessions by what was said, not by when: commands and events are aligned, what has
 * moved, come or gone is told as that, and what belongs together is compared by path, without what cannot be
 * the same twice.
 */
import { type Difference, differences } from '../../json/difference.js';
import { printQmp } from '../../json/print.js';
import type { Message } from '../../recording/message.js';
import type { RecordingReader } from '../../recording/ports.js';
import type { Unstable } from '../../recording/unstable.js';
import { align } from './align.js';
import { type Item, type ItemType, pathsOf, readItems, valueOf } from './diff-items.js';
import { Interner } from './fingerprint.js';

/** `removed` is only in A, `added` only in B; `moved` stands elsewhere in B, perhaps changed as well. */
export type Change = 'removed' | 'added' | 'moved' | 'changed';

/** One exchange or event that differs. */
export interface DiffEntry {
  /** In which way. */
  readonly change: Change;
  /** What it is. */
  readonly type: ItemType;
  /** The command's or the event's name. */
  readonly name: string;
  /** The `seq` on each side; of an exchange its command's. */
  readonly a: number | undefined;
  /** See `a`. */
  readonly b: number | undefined;
  /** Where the messages differ: `expected` is in A, `actual` in B. */
  readonly differences: readonly Difference[];
}

/** How many exchanges or events there are. */
export interface DiffCount {
  /** In A. */
  readonly a: number;
  /** In B. */
  readonly b: number;
  /** In the same place, with the same answer. */
  readonly same: number;
}

/** How two sessions differ. */
export interface SessionDiff {
  /** The session's number in A. */
  readonly a: number;
  /** Its number in B. */
  readonly b: number;
  /** Commands with their responses. */
  readonly exchanges: DiffCount;
  /** Events. */
  readonly events: DiffCount;
  /** In the order of A; what is only in B where it came. */
  readonly entries: readonly DiffEntry[];
}

/** One side of a comparison. */
export interface DiffSide {
  readonly reader: RecordingReader;
  readonly session: number;
}

/** Compares two sessions; entries are none exactly if nothing differs. */
export function diffSessions(a: DiffSide, b: DiffSide, unstable: Unstable): SessionDiff {
  const judged = judgedMatches(a, b, unstable);
  const count = (type: ItemType): DiffCount => ({
    a: judged.filter((one) => one.a?.type === type).length,
    b: judged.filter((one) => one.b?.type === type).length,
    same: judged.filter((one) => one.a?.type === type && one.entry === undefined).length,
  });
  return {
    a: a.session,
    b: b.session,
    exchanges: count('exchange'),
    events: count('event'),
    entries: judged.flatMap(({ entry }) => entry ?? []),
  };
}

/** Everything of two sessions in the order of A, each with its entry if it differs. */
export function judgedMatches(a: DiffSide, b: DiffSide, unstable: Unstable): readonly JudgedMatch[] {
  const interner = new Interner();
  const [itemsA, itemsB] = [a, b].map(({ reader, session }) =>
    readItems(reader.messages({ session }), unstable, interner),
  ) as [ReturnType<typeof readItems>, ReturnType<typeof readItems>];
  const comparison = new Comparison(a, b, unstable);
  const matches = [...match(itemsA.asked, itemsB.asked), ...match(itemsA.told, itemsB.told)];
  return matches
    .map((one) => ({ ...one, entry: comparison.entry(one) }))
    .sort((one, other) => one.order - other.order);
}

/** What belongs together, and how it differs; undefined: it does not. */
export interface JudgedMatch extends Match {
  readonly entry: DiffEntry | undefined;
}

/** Two items that belong together, or one without a partner. `order` is a place in A. */
interface Match {
  readonly a: Item | undefined;
  readonly b: Item | undefined;
  readonly moved: boolean;
  readonly order: number;
}

/**
 * First what is equal and in order; then what is equal and elsewhere; then, between what is equal and
 * in order, what has the same name.
 */
function match(itemsA: readonly Item[], itemsB: readonly Item[]): Match[] {
  const partners = new Map<number, { readonly b: number; readonly moved: boolean }>();
  const taken = new Set<number>();
  const pair = (a: number, b: number, moved: boolean): void => {
    partners.set(a, { b, moved });
    taken.add(b);
  };
  const equal = align(
    itemsA.map(({ key }) => key),
    itemsB.map(({ key }) => key),
  );
  for (const [a, b] of equal) pair(a, b, false);
  const elsewhere = new Map<number, number[]>();
  itemsB.toReversed().forEach(({ key }, at) => {
    const b = itemsB.length - 1 - at;
    if (taken.has(b)) return;
    const known = elsewhere.get(key);
    if (known === undefined) elsewhere.set(key, [b]);
    else known.push(b);
  });
  itemsA.forEach(({ key }, a) => {
    const b = partners.has(a) ? undefined : elsewhere.get(key)?.pop();
    if (b !== undefined) pair(a, b, true);
  });
  let [fromA, fromB] = [0, 0];
  for (const [toA, toB] of [...equal, [itemsA.length, itemsB.length] as const]) {
    const restA = range(fromA, toA).filter((a) => !partners.has(a));
    const restB = range(fromB, toB).filter((b) => !taken.has(b));
    const sorts = (items: readonly Item[], rest: readonly number[]): number[] =>
      rest.map((at) => items[at]?.sort ?? -1);
    for (const [a, b] of align(sorts(itemsA, restA), sorts(itemsB, restB)))
      pair(restA[a] ?? 0, restB[b] ?? 0, false);
    [fromA, fromB] = [toA + 1, toB + 1];
  }
  return inOrder(itemsA, itemsB, partners, taken);
}

function inOrder(
  itemsA: readonly Item[],
  itemsB: readonly Item[],
  partners: ReadonlyMap<number, { readonly b: number; readonly moved: boolean }>,
  taken: ReadonlySet<number>,
): Match[] {
  const matches: Match[] = [];
  /** What comes after each place of B that is not moved, in A's count. */
  const orders = new Map<number, number>();
  itemsA.forEach((a, at) => {
    const found = partners.get(at);
    const b = found === undefined ? undefined : itemsB[found.b];
    matches.push({ a, b, moved: found?.moved === true, order: a.seq });
    if (found?.moved === false) orders.set(found.b, a.seq);
  });
  let order = 0;
  itemsB.forEach((b, at) => {
    order = orders.get(at) ?? order;
    if (!taken.has(at)) matches.push({ a: undefined, b, moved: false, order: order + 0.5 });
  });
  return matches;
}

function range(from: number, to: number): number[] {
  return Array.from({ length: Math.max(0, to - from) }, (_, at) => from + at);
}

class Comparison {
  readonly #a: DiffSide;
  readonly #b: DiffSide;
  readonly #unstable: Unstable;

  constructor(a: DiffSide, b: DiffSide, unstable: Unstable) {
    this.#a = a;
    this.#b = b;
    this.#unstable = unstable;
  }

  /** The entry for a match; undefined if both sides are the same. */
  entry({ a, b, moved }: Match): DiffEntry | undefined {
    const item = a ?? b;
    if (item === undefined) return undefined;
    const found = a !== undefined && b !== undefined ? this.#differences(a, b) : [];
    const change = b === undefined ? 'removed' : a === undefined ? 'added' : moved ? 'moved' : 'changed';
    if (change === 'changed' && found.length === 0) return undefined;
    return { change, type: item.type, name: item.name, a: a?.seq, b: b?.seq, differences: found };
  }

  #differences(a: Item, b: Item): readonly Difference[] {
    const said = a.key === b.key ? [] : this.#between(a.seq, b.seq);
    if (a.answer === b.answer) return said;
    // Its types are numbered anew in each version: by path, nearly everything differs.
    if (
      a.name === 'query-qmp-schema' &&
      b.name === a.name &&
      a.response !== undefined &&
      b.response !== undefined
    ) {
      return [...said, { path: 'return', expected: 'a schema', actual: 'another one' }];
    }
    return [...said, ...this.#between(a.response, b.response)];
  }

  #between(seqA: number | undefined, seqB: number | undefined): readonly Difference[] {
    const a = load(this.#a, seqA);
    const b = load(this.#b, seqB);
    if (a === undefined || b === undefined) {
      return [{ path: '(response)', expected: a && beginning(a), actual: b && beginning(b) }];
    }
    const [valueA, valueB] = [valueOf(a), valueOf(b)];
    if (valueA === undefined || valueB === undefined) {
      return [{ path: '(text)', expected: beginning(a), actual: beginning(b) }];
    }
    return differences(valueA, valueB, pathsOf(a, this.#unstable));
  }
}

function load({ reader, session }: DiffSide, seq: number | undefined): Message | undefined {
  return seq === undefined ? undefined : reader.message(session, seq);
}

const decoder = new TextDecoder();

function beginning(message: Message): string {
  const value = message.raw.length > 1000 ? undefined : valueOf(message);
  const text = value === undefined ? decoder.decode(message.raw.subarray(0, 1000)).trim() : printQmp(value);
  return text.length > 200 ? `${text.slice(0, 200)}...` : text;
}
