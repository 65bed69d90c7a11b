/**
 * The meaning of a condition: makes a predicate of it. What is cheap is asked of the message's fields,
 * the rest of its bytes. No text, however long or hostile, makes a pattern explode (see `regex.ts`).
 */
import type { JsonValue } from '../json/value.js';
import { isNumber, isObject } from '../json/value.js';
import { parseJson } from '../json/parse.js';
import { parsePath, valuesAt } from '../json/path.js';
import { printJson } from '../json/print.js';
import type { Comparison, Condition, Matcher } from './condition.js';
import { compileGlob } from '../text/glob.js';
import type { Message } from './message.js';
import { compileRegex } from '../text/regex.js';
import { compileTextSearch } from '../text/text-search.js';

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
    case 'command':
      return ofText(condition.glob, (message) =>
        message.kind === 'command' ? message.name : message.command,
      );
    case 'event':
      return ofText(condition.glob, (message) => (message.kind === 'event' ? message.name : undefined));
    case 'class':
      return ofText(condition.glob, errorClass);
    case 'id':
      return ofText(condition.glob, (message) => message.id?.replace(/^(["'])([^]*)\1$/, '$2'));
    case 'label': {
      const matches = compileGlob(condition.glob);
      return (_, { label }) => label !== undefined && matches(label);
    }
    case 'kind':
      return ({ kind }) => kind === condition.kind;
    case 'dir':
      return ({ dir }) => dir === condition.dir;
    case 'session':
      return ({ session }) => session === condition.session;
    case 'duration':
      return ({ kind, latency }, { answer }) =>
        compare(kind === 'command' ? answer?.latency : latency, condition.is, condition.value);
    case 'time':
      return ({ t }) => compare(t, condition.is, condition.value);
    case 'fds':
      return ({ fds }) => compare(fds, condition.is, condition.value);
    case 'argument':
      return compileArgument(condition);
    case 'pending':
      return ({ kind }, { answer }) => kind === 'command' && answer === undefined;
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

/** An error response's class. */
export function errorClass(message: Message): string | undefined {
  if (message.kind !== 'error') return undefined;
  const error = member(parseOrNothing(message.raw), 'error');
  const name = member(error, 'class');
  return typeof name === 'string' ? name : undefined;
}

function ofText(glob: string, textOf: (message: Message) => string | undefined): Matcher {
  const matches = compileGlob(glob);
  return (message) => {
    const text = textOf(message);
    return text !== undefined && matches(text);
  };
}

function compare(found: number | undefined, is: Comparison, value: number): boolean {
  if (found === undefined) return false;
  switch (is) {
    case '<':
      return found < value;
    case '<=':
      return found <= value;
    case '>':
      return found > value;
    case '>=':
      return found >= value;
    case '=':
      return found === value;
  }
}

function compileArgument({ path, glob }: Condition & { op: 'argument' }): Matcher {
  const pattern = parsePath(path);
  const matches = glob === undefined ? () => true : compileGlob(glob);
  return ({ kind, raw }) => {
    if (kind !== 'command') return false;
    const args = member(parseOrNothing(raw), 'arguments');
    if (args === undefined) return false;
    for (const value of valuesAt(args, pattern)) if (matches(plainText(value))) return true;
    return false;
  };
}

/** A string itself, anything else as JSON. */
function plainText(value: JsonValue): string {
  if (typeof value === 'string') return value;
  return isNumber(value) ? value.text : printJson(value);
}

function parseOrNothing(raw: Uint8Array): JsonValue | undefined {
  try {
    return parseJson(raw, { nonFinite: true });
  } catch {
    return undefined; // recorded as it came, whatever it is
  }
}

function member(value: JsonValue | undefined, key: string): JsonValue | undefined {
  return value !== undefined && isObject(value) ? value.get(key) : undefined;
}

const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

/** Trimmed of what separates messages. Bytes that are no UTF-8 become U+FFFD. */
function frameText(raw: Uint8Array): string {
  return decoder.decode(raw).trim();
}
