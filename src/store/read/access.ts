/**
 * Chooses the way by which a page of messages is found: an index that holds few more rows than are
 * meant, where there is one, else the messages one after the other. SQLite keeps no statistics in a
 * growing file, so the choice is made here. Knows nothing of how rows become messages.
 */
import type { Condition } from '../../recording/condition.js';
import type { MessageKind } from '../../recording/message.js';
import { isRare, noName, slow } from '../rows/frame-flags.js';
import type { Lookup } from './query.js';

/** `flagged`: those with anything rare. `names`: those of each name, merged. `session`: those of one. `scan`: all. */
export type Access =
  | { readonly by: 'flagged' }
  | { readonly by: 'names'; readonly names: readonly number[] }
  | { readonly by: 'session'; readonly session: number }
  | { readonly by: 'scan' };

/** Each is a search of its own; past this, a scan finds a page as soon. */
const maxNames = 32;

export function chooseAccess(where: Condition, session: number | undefined, lookup: Lookup): Access {
  if (isFlagged(where)) return { by: 'flagged' };
  const names = namesOf(where, lookup);
  if (names !== undefined && names.length <= maxNames) return { by: 'names', names };
  const one = session ?? conjuncts(where).find((condition) => condition.op === 'session')?.session;
  return one === undefined ? { by: 'scan' } : { by: 'session', session: one };
}

/** What must hold together. */
function conjuncts(condition: Condition): readonly Condition[] {
  return condition.op === 'and' ? condition.of.flatMap(conjuncts) : [condition];
}

/** Whether every message that is meant has one of the flags. */
function isFlagged(condition: Condition): boolean {
  if (condition.op === 'kind') return isRare(condition.kind);
  if (condition.op === 'fds') return excludesNone(condition);
  if (condition.op === 'duration') return condition.is.startsWith('>') && condition.value >= slow;
  if (condition.op === 'or') return condition.of.every(isFlagged);
  if (condition.op === 'and') return condition.of.some(isFlagged);
  return condition.op === 'class' || condition.op === 'pending';
}

function excludesNone({ is, value }: Condition & { op: 'fds' }): boolean {
  return is === '>' ? value >= 0 : (is === '>=' || is === '=') && value > 0;
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
