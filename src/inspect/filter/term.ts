/** Reads the value of a term by its row in the table of fields: `KEY:VALUE` or `KEY>VALUE` to a condition. */
import { type ErrorAccount, UsageError } from '../../errors.js';
import { parsePath } from '../../json/path.js';
import type { Comparison, Condition } from '../../recording/condition.js';
import type { Field, NumberField, Shorthand, TextField } from '../../recording/fields/field.js';
import {
  type FlagName,
  type NumberName,
  numberFields,
  type PathName,
  type TextName,
} from '../../recording/fields/fields.js';
import { suggestion } from '../../text/closest.js';
import { compileGlob } from '../../text/glob.js';

/** What of a term stands behind its key. */
export interface TermValue {
  readonly is: Comparison | ':';
  readonly text: string;
  /** A comma in it is one. */
  readonly quoted?: boolean | undefined;
}

/**
 * The condition that a term of this field means.
 * @throws UsageError whose column counts from the value's beginning
 */
export function readTerm(key: string, field: Field, { is, text, quoted }: TermValue): Condition {
  switch (field.family) {
    case 'text':
      return either(
        (field.listed === true && quoted !== true ? text.split(',') : [text])
          .flatMap((part, place, all) =>
            within(all, place, () => textsOf(key, field, all.length > 1 ? given(part) : part)),
          )
          .map((glob) => ({ op: 'glob', field: key as TextName, glob })),
      );
    case 'path':
      return readPath(key as PathName, text);
    case 'number':
      return is === ':'
        ? either(
            text
              .split(',')
              .map((part, place, all) => within(all, place, () => readNumbers(key, field, part))),
          )
        : { op: 'compare', field: key as NumberName, is, value: field.unit.parse(text) };
    case 'shorthand':
      return readShorthand(field, text);
    case 'flag':
      return { op: 'flag', field: key as FlagName };
  }
}

function given(part: string): string {
  return part === '' ? refuse({ reason: 'a value is missing' }) : part;
}

/** The values that a text stands for; a glob that matches no known value is refused. */
function textsOf(key: string, { values, spellings = {} }: TextField, text: string): readonly string[] {
  if (values === undefined) return [text];
  const meant = Object.hasOwn(spellings, text) ? spellings[text] : undefined;
  if (meant !== undefined) return meant;
  if (values.some(compileGlob(text))) return [text];
  const known = [...values, ...Object.keys(spellings)];
  const remedy = suggestion(text, known) ?? `there are ${known.join(', ')}`;
  return refuse({ reason: `'${text}' is no ${key}`, remedy });
}

/** `PATH` or `PATH=GLOB`; an `=` in a quoted member belongs to the path. */
function readPath(field: PathName, text: string): Condition {
  let quoted = false;
  let end = 0;
  for (; end < text.length && (quoted || text[end] !== '='); end++) {
    if (text[end] === '"') quoted = !quoted;
    else if (quoted && text[end] === '\\') end++;
  }
  const path = text.slice(0, end);
  parsePath(path);
  return { op: 'glob', field, path, glob: end < text.length ? text.slice(end + 1) : '*' };
}

/** `NUMBER`, or `NUMBER-NUMBER` with both ends. */
function readNumbers(key: string, { unit }: NumberField, text: string): Condition {
  const field = key as NumberName;
  const [, low, high] = /^(\d+)-(\d+)$/.exec(text) ?? [];
  if (low === undefined || high === undefined)
    return { op: 'compare', field, is: '=', value: unit.parse(text) };
  const [from, to] = [unit.parse(low), unit.parse(high)];
  if (from > to) refuse({ subject: text, reason: 'the smaller number comes first' });
  return {
    op: 'and',
    of: [
      { op: 'compare', field, is: '>=', value: from },
      { op: 'compare', field, is: '<=', value: to },
    ],
  };
}

function readShorthand({ is, of }: Shorthand, text: string): Condition {
  const known = of as readonly NumberName[];
  const field = known.find((name) => numberFields[name].unit.reads(text)) ?? known[0];
  if (field === undefined) return refuse({ reason: 'it stands for nothing' });
  return { op: 'compare', field, is, value: numberFields[field].unit.parse(text) };
}

/** Lets the error of one part of a list point into the list. */
function within<T>(all: readonly string[], place: number, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    const before = all.slice(0, place).reduce((sum, part) => sum + part.length + 1, 0);
    return refuse(error, before + (error.column ?? 0));
  }
}

function either(conditions: readonly Condition[]): Condition {
  const [first] = conditions;
  return conditions.length === 1 && first !== undefined ? first : { op: 'or', of: conditions };
}

function refuse(why: ErrorAccount, column = 0): never {
  throw new UsageError(why, { column });
}

/** How a row is written, for who wrote it otherwise. */
export function writeItLike({ example }: Field): string {
  return `write it like ${example}`;
}
