/**
 * Turns a condition into SQL over the table `frame`, of the pieces that the fields have
 * (`recording/fields/fields.ts`). Where SQL cannot say all, the matcher has the last word.
 */
import type { Condition } from '../../recording/condition.js';
import { flagFields, numberFields, pathFields, textFields } from '../../recording/fields/fields.js';
import {
  among,
  anything,
  compared,
  everything,
  exactly,
  type Lookup,
  nothing,
  type Where,
} from '../../recording/fields/sql.js';
import { flags } from '../rows/frame-flags.js';

/** SQLite takes expressions up to a depth of 1000, and each of a row of parts is deeper by one. */
const maxParts = 500;

export function toSql(condition: Condition, lookup: Lookup): Where {
  return countParts(condition) > maxParts ? anything : translate(condition, lookup);
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
      return join(condition.of, lookup, ' AND ', everything);
    case 'or':
      return join(condition.of, lookup, ' OR ', nothing);
    case 'not': {
      const inner = translate(condition.of, lookup);
      return inner.exact ? exactly(`NOT (${inner.sql})`, ...inner.values) : anything;
    }
    case 'glob':
      return 'path' in condition
        ? pathFields[condition.field].sql
        : textFields[condition.field].sql(condition.glob, lookup);
    case 'compare':
      return compared(numberFields[condition.field].sql, condition.is, condition.value);
    case 'flag':
      return flagFields[condition.field].sql(lookup);
    case 'text':
      return condition.text === '' ? everything : textSearch(condition.text);
    case 'regex':
      return anything;
  }
}

function join(of: readonly Condition[], lookup: Lookup, word: string, none: Where): Where {
  if (of.length === 0) return none;
  const parts = of.map((condition) => translate(condition, lookup));
  return {
    sql: `(${parts.map((part) => part.sql).join(word)})`,
    values: parts.flatMap((part) => part.values),
    exact: parts.every((part) => part.exact),
  };
}

/** LIKE never matches a BLOB; `lower` changes a to z only, as is meant. What lies elsewhere is looked at later. */
function textSearch(text: string): Where {
  const lower = text.replace(/[A-Z]/g, (letter) => letter.toLowerCase());
  const elsewhere = `body IS NOT NULL OR ifnull(flags, 0) & ${flags.parts}`;
  return among(`instr(lower(CAST(raw AS TEXT)), ?) OR ${elsewhere}`, lower);
}
