/**
 * Chooses how a page of messages is found: by an index with few more rows than match, or else by a scan. SQLite has
 * no statistics of a growing file, so the choice is made here.
 */
import type { Condition } from '../../recording/condition.js';
import { type MessageKind, messageKinds } from '../../recording/message.js';
import { compileGlob } from '../../text/glob.js';
import type { Lookup } from '../../recording/fields/sql.js';
import { isRare, noName, slow } from '../rows/frame-flags.js';

/** `flagged`: those with anything rare. `names`: those of each name, merged. `session`: those of one. `scan`: all. */
export type Access =
  | { readonly by: 'flagged' }
  | { readonly by: 'names'; readonly names: readonly number[] }
  | { readonly by: 'session'; readonly session: number }
  | { readonly by: 'scan' };

/** Each name is a separate search; with more of them, a scan is as fast. */
const maxNames = 32;

export function chooseAccess(where: Condition, session: number | undefined, lookup: Lookup): Access {
  if (isFlagged(where)) return { by: 'flagged' };
  const names = namesOf(where, lookup);
  if (names !== undefined && names.length <= maxNames) return { by: 'names', names };
  const one =
    session ??
    conjuncts(where)
      .map(sessionOf)
      .find((id) => id !== undefined);
  return one === undefined ? { by: 'scan' } : { by: 'session', session: one };
}

/** What must hold together. */
function conjuncts(condition: Condition): readonly Condition[] {
  return condition.op === 'and' ? condition.of.flatMap(conjuncts) : [condition];
}

function sessionOf(condition: Condition): number | undefined {
  return condition.op === 'compare' && condition.field === 'session' && condition.is === '='
    ? condition.value
    : undefined;
}

/** Whether every matching message has one of the flags. */
function isFlagged(condition: Condition): boolean {
  switch (condition.op) {
    case 'or':
      return condition.of.every(isFlagged);
    case 'and':
      return condition.of.some(isFlagged);
    case 'flag':
      return condition.field === 'pending';
    case 'compare': {
      const { field, is, value } = condition;
      if (field === 'dur') return is.startsWith('>') && value >= slow;
      return field === 'fds' && (is === '>' ? value >= 0 : (is === '>=' || is === '=') && value > 0);
    }
    case 'glob':
      return (
        condition.field === 'class' || (condition.field === 'kind' && kindsOf(condition.glob).every(isRare))
      );
    case 'all':
    case 'not':
    case 'text':
    case 'regex':
      return false;
  }
}

function kindsOf(glob: string): readonly MessageKind[] {
  return messageKinds.filter(compileGlob(glob));
}

/** Names of which a matching message must have one; undefined: it may have any or none. */
function namesOf(condition: Condition, lookup: Lookup): readonly number[] | undefined {
  if (condition.op === 'glob') {
    const { field, glob } = condition;
    if (field === 'cmd') return lookup.names(false, glob);
    if (field === 'event') return lookup.names(true, glob);
    return field === 'kind' ? namesOfKinds(kindsOf(glob), lookup) : undefined;
  }
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

/** All names that messages of one common kind can have; undefined for several. */
function namesOfKinds(kinds: readonly MessageKind[], lookup: Lookup): readonly number[] | undefined {
  const [kind, ...others] = kinds;
  if (kind === undefined || others.length > 0 || isRare(kind)) return undefined;
  return namesOfKind(kind, lookup);
}

/** All names that the messages of a common kind can have. */
function namesOfKind(kind: MessageKind, lookup: Lookup): readonly number[] | undefined {
  const names = lookup.names(kind === 'event', '*');
  return names === undefined ? undefined : [noName, ...names];
}
