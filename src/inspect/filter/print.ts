/** Prints a condition in the filter language. */
import type { Condition } from '../../recording/condition.js';
import type { TextField } from '../../recording/fields/field.js';
import { flagFields, numberFields, textFields, type TextName } from '../../recording/fields/fields.js';

/** The text that `parseFilter` reads as this condition, or as one that means the same. */
export function printFilter(condition: Condition): string {
  switch (condition.op) {
    case 'all':
      return '';
    case 'and':
    case 'or':
      return printJoined(condition);
    case 'not':
      return `not ${printInside(condition.of)}`;
    case 'glob':
      return `${condition.field}:${'path' in condition ? printValue(printAtPath(condition)) : printText(condition)}`;
    case 'compare': {
      const { field, is, value } = condition;
      return `${field}${is}${numberFields[field].unit.print(value)}`;
    }
    case 'flag':
      return condition.field;
    case 'text':
      return isPlainWord(condition.text) ? condition.text : quote(condition.text);
    case 'regex':
      return `/${escapeSlashes(condition.source)}/${condition.ignoreCase ? 'i' : ''}`;
  }
}

function printJoined(condition: Condition & { op: 'and' | 'or' }): string {
  const [first] = condition.of;
  if (first === undefined) return condition.op === 'and' ? '""' : 'not ""';
  if (condition.of.length === 1) return printFilter(first);
  return condition.of
    .map((item) => printInside(item, condition.op))
    .join(condition.op === 'or' ? ' or ' : ' ');
}

/** In parentheses where it would otherwise be read apart; everything is an empty text. */
function printInside(condition: Condition, around: 'and' | 'or' | 'not' = 'not'): string {
  if (condition.op === 'all') return '""';
  const text = printFilter(condition);
  if (condition.op !== 'and' && condition.op !== 'or') return text;
  const apart = condition.of.length > 1 && (condition.op === 'or' ? around !== 'or' : around === 'not');
  return apart ? `(${text})` : text;
}

/** A comma in a name is no list. */
function printText({ field, glob }: { readonly field: TextName; readonly glob: string }): string {
  const row: TextField = textFields[field];
  return row.listed === true && glob.includes(',') ? quote(glob) : printValue(glob);
}

/** That a value is there needs no pattern. */
function printAtPath({ path, glob }: { readonly path: string; readonly glob: string }): string {
  return glob === '*' ? path : `${path}=${glob}`;
}

function printValue(value: string): string {
  return value === '' || /[\s()"]|&&|\|\|/.test(value) ? quote(value) : value;
}

function quote(text: string): string {
  return `"${text.replaceAll(/[\\"]/g, (char) => `\\${char}`)}"`;
}

function isPlainWord(text: string): boolean {
  return (
    /^[^\s()"/!<>=~][^\s()]*$/.test(text) &&
    !/&&|\|\|/.test(text) &&
    !/^(?:and|or|not|[a-z][a-z-]*[:<>=~!].*)$/isu.test(text) &&
    !Object.hasOwn(flagFields, text)
  );
}

/** A `/` that is not escaped yet would end the expression. */
function escapeSlashes(source: string): string {
  return source.replaceAll(/\\[^]|\//g, (found) => (found === '/' ? '\\/' : found));
}
