/**
 * Turns a condition into SQL over the table `frame`. What SQL cannot say becomes a looser condition,
 * marked as such, and the matcher has the last word (`recording/matcher.ts` is the meaning of both).
 * Knows nothing of pages and of indexes.
 */
import type { Comparison, Condition } from '../../recording/condition.js';
import { messageKinds, type MessageKind } from '../../recording/message.js';
import { flags } from '../rows/frame-flags.js';

/** A condition in SQL: never NULL. Not `exact`: true for more rows than those meant, never for fewer. */
export interface Where {
  readonly sql: string;
  readonly values: readonly (string | number)[];
  readonly exact: boolean;
}

/** What the tables hold besides messages. Undefined: too many to be listed. */
export interface Lookup {
  /** The numbers of the names that match. */
  names(event: boolean, glob: string): readonly number[] | undefined;
  /** The sessions whose label matches. */
  labelled(glob: string): readonly number[] | undefined;
}

/** A number as the column `kind` holds it. */
export function kindNumber(kind: MessageKind): number {
  return messageKinds.indexOf(kind);
}

/** Constants are spelled so that SQLite does not fold them: it would fold the use of an index away with them. */
const always = 'n > 0';
const never = 'n < 0';
const everything: Where = { sql: always, values: [], exact: true };
const unknown: Where = { sql: always, values: [], exact: false };

const comparisons: Readonly<Record<Comparison, string>> = {
  '<': '<',
  '<=': '<=',
  '>': '>',
  '>=': '>=',
  '=': '=',
};

/** SQLite's GLOB goes back at every `*`: with more of them a hostile text could take it long. */
const maxStars = 2;
const maxGlob = 1000;

/** SQLite takes expressions up to a depth of 1000, and each of a row of parts is deeper by one. */
const maxParts = 500;

export function toSql(condition: Condition, lookup: Lookup): Where {
  return countParts(condition) > maxParts ? unknown : translate(condition, lookup);
}

function countParts(condition: Condition): number {
  if (condition.op === 'not') return 1 + countParts(condition.of);
  if (condition.op !== 'and' && condition.op !== 'or') return 1;
  return condition.of.reduce((sum, part) => sum + countParts(part), 1);
}

function translate(condition: Condition, lookup: Lookup): Where {
  switch (condition.op) {
    case 'all':
      return everything;
    case 'and':
      return join(condition.of, lookup, ' AND ', always);
    case 'or':
      return join(condition.of, lookup, ' OR ', never);
    case 'not': {
      const inner = translate(condition.of, lookup);
      return inner.exact ? exact(`NOT (${inner.sql})`, ...inner.values) : unknown;
    }
    case 'command':
      return oneOf('kind IN (1, 2, 3) AND ifnull(name, 0)', lookup.names(false, condition.glob));
    case 'event':
      return oneOf('kind = 4 AND ifnull(name, 0)', lookup.names(true, condition.glob));
    case 'label':
      return oneOf('session', lookup.labelled(condition.glob));
    case 'class':
      return loose('kind = 3');
    case 'kind':
      return exact(`kind = ${kindNumber(condition.kind)}`);
    case 'dir':
      return exact(`dir = ${condition.dir === 'c2s' ? 0 : 1}`);
    case 'session':
      return exact('session = ?', condition.session);
    case 'id':
      return idGlob(condition.glob);
    case 'duration':
      return exact(`ifnull(latency ${comparisons[condition.is]} ?, 0)`, condition.value);
    case 'time':
      return exact(`t ${comparisons[condition.is]} ?`, condition.value);
    case 'fds':
      return exact(`ifnull(fds, 0) ${comparisons[condition.is]} ?`, condition.value);
    case 'argument':
      return loose('kind = 1');
    case 'pending':
      return exact('kind = 1 AND pair IS NULL');
    case 'text':
      return condition.text === '' ? everything : textSearch(condition.text);
    case 'regex':
      return unknown;
  }
}

function exact(sql: string, ...values: readonly (string | number)[]): Where {
  return { sql: `(${sql})`, values, exact: true };
}

function loose(sql: string, ...values: readonly (string | number)[]): Where {
  return { sql: `(${sql})`, values, exact: false };
}

function join(of: readonly Condition[], lookup: Lookup, word: string, none: string): Where {
  if (of.length === 0) return exact(none);
  const parts = of.map((condition) => translate(condition, lookup));
  return {
    sql: `(${parts.map((part) => part.sql).join(word)})`,
    values: parts.flatMap((part) => part.values),
    exact: parts.every((part) => part.exact),
  };
}

function oneOf(left: string, numbers: readonly number[] | undefined): Where {
  if (numbers === undefined) return unknown;
  return exact(numbers.length === 0 ? never : `${left} IN (${numbers.join()})`);
}

/** Of a string, what is between its quotes is meant. */
function idGlob(glob: string): Where {
  if (glob.length > maxGlob || glob.split('*').length - 1 > maxStars) return loose('id IS NOT NULL');
  const pattern = glob.replaceAll('[', '[[]');
  const quoted = `length(id) > 1 AND substr(id, 1, 1) IN ('"', '''') AND substr(id, -1) = substr(id, 1, 1)`;
  const text = `CASE WHEN ${quoted} THEN substr(id, 2, length(id) - 2) ELSE id END`;
  return exact(`ifnull(${text} GLOB ?, 0)`, pattern);
}

/** LIKE never matches a BLOB; `lower` changes a to z only, as is meant. What lies elsewhere is looked at later. */
function textSearch(text: string): Where {
  const lower = text.replace(/[A-Z]/g, (letter) => letter.toLowerCase());
  const elsewhere = `body IS NOT NULL OR ifnull(flags, 0) & ${flags.parts}`;
  return loose(`instr(lower(CAST(raw AS TEXT)), ?) OR ${elsewhere}`, lower);
}
