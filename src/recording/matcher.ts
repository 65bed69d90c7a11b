/**
 * The meaning of a condition: makes a predicate of it. What is cheap is asked of the message's fields,
 * the rest of its bytes. No text, however long or hostile, makes a pattern explode (see `regex.ts`).
 */
import type { JsonValue } from '../json/value.js';
import { isNumber } from '../json/value.js';
import { parsePath, valuesAt } from '../json/path.js';
import { printJson } from '../json/print.js';
import { compileGlob } from '../text/glob.js';
import { compileRegex } from '../text/regex.js';
import { compileTextSearch } from '../text/text-search.js';
import type { Comparison, Condition } from './condition.js';
import type { MessageContext, PathField, TextField } from './fields/field.js';
import { flagFields, numberFields, pathFields, textFields } from './fields/fields.js';
import type { Message } from './message.js';

/** A predicate made from a condition once, to be asked often. */
export type Matcher = (message: Message, context: MessageContext) => boolean;

/** @throws UsageError if a path or a regular expression in it cannot be read */
export function compileMatcher(condition: Condition): Matcher {
  switch (condition.op) {
    case 'all':
      return () => true;
    case 'and': {
      const all = condition.of.map(compileMatcher);
      return (message, context) => all.every((matches) => matches(message, context));
    }
    case 'or': {
      const any = condition.of.map(compileMatcher);
      return (message, context) => any.some((matches) => matches(message, context));
    }
    case 'not': {
      const matches = compileMatcher(condition.of);
      return (message, context) => !matches(message, context);
    }
    case 'glob':
      return 'path' in condition
        ? atPath(pathFields[condition.field], condition)
        : ofText(textFields[condition.field], condition.glob);
    case 'compare': {
      const { numberOf } = numberFields[condition.field];
      const holds = comparisons[condition.is];
      return (message, context) => {
        const found = numberOf(message, context);
        return found !== undefined && holds(found, condition.value);
      };
    }
    case 'flag':
      return flagFields[condition.field].holds;
    case 'text': {
      const matches = compileTextSearch(condition.text);
      return ({ raw }) => matches(raw);
    }
    case 'regex': {
      const matches = compileRegex(condition.source, condition.ignoreCase);
      return ({ raw }) => matches(frameText(raw));
    }
  }
}

const comparisons: Readonly<Record<Comparison, (found: number, value: number) => boolean>> = {
  '<': (found, value) => found < value,
  '<=': (found, value) => found <= value,
  '>': (found, value) => found > value,
  '>=': (found, value) => found >= value,
  '=': (found, value) => found === value,
};

function ofText({ textOf, compile = compileGlob }: TextField, wanted: string): Matcher {
  const matches = compile(wanted);
  return (message, context) => {
    const text = textOf(message, context);
    return text !== undefined && matches(text);
  };
}

function atPath({ partOf }: PathField, { path, glob }: { path: string; glob: string }): Matcher {
  const pattern = parsePath(path);
  const matches = compileGlob(glob);
  return (message) => {
    const part = partOf(message);
    if (part === undefined) return false;
    for (const value of valuesAt(part, pattern)) if (matches(plainText(value))) return true;
    return false;
  };
}

/** A string itself, anything else as JSON. */
export function plainText(value: JsonValue): string {
  if (typeof value === 'string') return value;
  return isNumber(value) ? value.text : printJson(value);
}

const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

/** Without the separators around it. Bytes that are not UTF-8 become U+FFFD. */
function frameText(raw: Uint8Array): string {
  return decoder.decode(raw).trim();
}
