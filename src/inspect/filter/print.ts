/** Prints a condition in the filter language. */
import type { Condition } from '../../recording/condition.js';
import { timeUnits } from './terms.js';

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
    case 'command':
      return `cmd:${printValue(condition.glob)}`;
    case 'event':
    case 'class':
    case 'label':
    case 'id':
      return `${condition.op}:${printValue(condition.glob)}`;
    case 'kind':
      return `kind:${condition.kind}`;
    case 'dir':
      return `dir:${condition.dir}`;
    case 'session':
      return `session:${condition.session}`;
    case 'duration':
      return `dur${condition.is}${printTime(condition.value)}`;
    case 'time':
      return `t${condition.is}${printTime(condition.value)}`;
    case 'fds':
      return `fds${condition.is}${condition.value}`;
    case 'argument':
      return `arg:${printValue(condition.path + (condition.glob === undefined ? '' : `=${condition.glob}`))}`;
    case 'pending':
      return 'pending';
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

function printTime(nanoseconds: number): string {
  const [unit, factor] = Object.entries(timeUnits).find(([, size]) => nanoseconds % size === 0) ?? ['ns', 1];
  return nanoseconds === 0 ? '0' : `${nanoseconds / factor}${unit}`;
}

function printValue(value: string): string {
  return value === '' || /[\s()"]/.test(value) ? quote(value) : value;
}

function quote(text: string): string {
  return `"${text.replaceAll(/[\\"]/g, (char) => `\\${char}`)}"`;
}

function isPlainWord(text: string): boolean {
  return /^[^\s()"/][^\s()]*$/.test(text) && !/^(?:and|or|not|pending|[a-z][a-z-]*[:<>=].*)$/su.test(text);
}

/** A `/` that is not escaped yet would end the expression. */
function escapeSlashes(source: string): string {
  return source.replaceAll(/\\[^]|\//g, (found) => (found === '/' ? '\\/' : found));
}
