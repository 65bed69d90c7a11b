/**
 * Chooses the way by which a page of messages is found: an index that holds few more rows than are
 * meant, where there is one, else the messages one after the other. SQLite keeps no statistics in a
 * growing file, so the choice is made here. Knows nothing of how rows become messages.
 */
import type { Condition } from '../recording/condition.js';
import type { MessageKind } from '../recording/message.js';
import { noName } from './frame-rows.js';
import { kindNumber, type Lookup } from './query.js';

/** `names`: the messages of each name, merged. `session`: those of one session. `scan`: all. */
export type Access =
  | { readonly by: 'index'; readonly index: string; readonly where: string }
  | { readonly by: 'names'; readonly names: readonly number[] }
  | { readonly by: 'session'; readonly session: number }
  | { readonly by: 'scan' };

/** Each is a search of its own; past this, a scan finds a page as soon. */
const maxNames = 32;
/** As in the index `frame_slow`. */
const slow = 10_000_000;
/** As in the index `frame_kind`: the kinds that every recording is full of are not in it. */
const rareKinds = 'kind NOT IN (1, 2, 4)';

export function chooseAccess(where: Condition, session: number | undefined, lookup: Lookup): Access {
  const all = conjuncts(where);
  for (const condition of all) {
    const index = rareIndex(condition);
    if (index !== undefined) return index;
  }
  const names = namesOf(where, lookup);
  if (names !== undefined && names.length <= maxNames) return { by: 'names', names };
  const one = session ?? all.find((condition) => condition.op === 'session')?.session;
  return one === undefined ? { by: 'scan' } : { by: 'session', session: one };
}

/** What must hold together. */
function conjuncts(condition: Condition): readonly Condition[] {
  return condition.op === 'and' ? condition.of.flatMap(conjuncts) : [condition];
}

function rareIndex(condition: Condition): Access | undefined {
  if (condition.op === 'kind') return isRare(condition.kind) ? byKind(condition.kind) : undefined;
  if (condition.op === 'class') return byKind('error');
  if (condition.op === 'pending') {
    return { by: 'index', index: 'frame_pending', where: 'kind = 1 AND pair IS NULL' };
  }
  if (condition.op === 'fds' && excludesNone(condition)) {
    return { by: 'index', index: 'frame_fds', where: 'fds IS NOT NULL' };
  }
  if (condition.op === 'duration' && isSlow(condition)) {
    return { by: 'index', index: 'frame_slow', where: `latency >= ${slow}` };
  }
  return undefined;
}

function isRare(kind: MessageKind): boolean {
  return kind !== 'command' && kind !== 'success' && kind !== 'event';
}

function byKind(kind: MessageKind): Access {
  return { by: 'index', index: 'frame_kind', where: `kind = ${kindNumber(kind)} AND ${rareKinds}` };
}

function excludesNone({ is, value }: Condition & { op: 'fds' }): boolean {
  return is === '>' ? value >= 0 : (is === '>=' || is === '=') && value > 0;
}

function isSlow({ is, value }: Condition & { op: 'duration' | 'time' }): boolean {
  return is !== '<' && is !== '<=' && value >= slow;
}

/** Names of which a matching message must have one; undefined: it may have any or none. */
function namesOf(condition: Condition, lookup: Lookup): readonly number[] | undefined {
  if (condition.op === 'command') return lookup.names(false, condition.glob);
  if (condition.op === 'event') return lookup.names(true, condition.glob);
  if (condition.op === 'kind')
    return isRare(condition.kind) ? undefined : namesOfKind(condition.kind, lookup);
  if (condition.op !== 'and' && condition.op !== 'or') return undefined;
  const known: (readonly number[])[] = [];
  for (const part of condition.of) {
    const names = namesOf(part, lookup);
    if (names !== undefined) known.push(names);
    else if (condition.op === 'or') return undefined;
  }
  if (condition.op === 'or') return [...new Set(known.flat())];
  return known.sort((a, b) => a.length - b.length)[0];
}

/** All names that the messages of a common kind can have. */
function namesOfKind(kind: MessageKind, lookup: Lookup): readonly number[] | undefined {
  const names = lookup.names(kind === 'event', '*');
  return names === undefined ? undefined : [noName, ...names];
}
