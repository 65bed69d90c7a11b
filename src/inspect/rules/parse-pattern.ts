/**
 * Reads a pattern of a rule: a filter in which a member's value may be named. `arg:id=$id`, `data:device=$id` and
 * `ret:path=$x` name it; behind a name in parentheses they are shorter: `cmd:device_del(id=$id)`, `device_del($id)`.
 */
import { UsageError } from '../../errors.js';
import { parsePath } from '../../json/path.js';
import type { Condition } from '../../recording/condition.js';
import { pathFields, type PathName } from '../../recording/fields/fields.js';
import { parseFilter } from '../filter/filter.js';
import { filterFailure, tokenizeFilter } from '../filter/tokens.js';
import type { Alternative, Binding, Pattern } from './rule.js';

/** What stands in the parentheses behind a name; in the text they are spaces. */
export interface Call {
  readonly start: number;
  readonly field: 'arg' | 'data';
  readonly members: readonly Member[];
}

interface Member {
  readonly start: number;
  readonly path: string;
  /** With its `$`, or a glob. */
  readonly value: string;
}

const called = /(?<![^\s(])(cmd|event):[^\s()":]*\(/g;
const variable = /^\$([A-Za-z_]\w*)$/;
const boundTerm = /^([^=]*)=\$([A-Za-z_]\w*)$/;

/** Takes the parentheses behind names out of a rule's text, whose places stay what they are. */
export function takeCalls(text: string): { readonly text: string; readonly calls: readonly Call[] } {
  const calls: Call[] = [];
  let rest = text;
  for (const found of text.matchAll(called)) {
    const start = found.index + found[0].length;
    if (inQuotes(text, found.index)) continue;
    const end = endOfCall(text, start);
    const field = found[1] === 'cmd' ? 'arg' : 'data';
    calls.push({ start: start - 1, field, members: membersOf(text.slice(start, end), start, field) });
    rest = `${rest.slice(0, start - 1)}${' '.repeat(end + 2 - start)}${rest.slice(end + 1)}`;
  }
  return { text: rest, calls };
}

/**
 * Reads the part of a rule's text (without its parentheses behind names) from `start` to `end`.
 * @throws UsageError that points into the text
 */
export function parsePattern(
  text: string,
  { start, end }: { start: number; end: number },
  calls: readonly Call[],
): Pattern {
  const part = ' '.repeat(start) + text.slice(start, end);
  const own = calls.filter((call) => call.start >= start && call.start < end);
  const terms = boundTerms(part);
  if (own.length === 0 && terms.length === 0)
    return { alternatives: [{ condition: ofCommands(refuseLater(parseFilter(part))), bindings: [] }] };
  return {
    alternatives: alternativesOf(part, [...own, ...terms]).map(([from, to]) => {
      const within = ({ start: at }: { start: number }): boolean => at >= from && at < to;
      return alternative(part.slice(0, to), from, own.filter(within), terms.filter(within));
    }),
  };
}

interface BoundTerm {
  readonly start: number;
  readonly end: number;
  readonly binding: Binding;
}

function alternative(
  text: string,
  from: number,
  calls: readonly Call[],
  terms: readonly BoundTerm[],
): Alternative {
  let rest = ' '.repeat(from) + text.slice(from);
  for (const { start, end } of terms) rest = rest.slice(0, start) + ' '.repeat(end - start) + rest.slice(end);
  if (text.slice(from).trim() === '')
    throw filterFailure(text, text.length, { reason: 'something is missing here' });
  const bindings = terms.map(({ binding }) => binding);
  const conditions: Condition[] = [ofCommands(refuseLater(parseFilter(rest)))];
  for (const { field, members } of calls) {
    for (const { path, value, start } of members) {
      const [, name] = variable.exec(value) ?? [];
      if (name === undefined) conditions.push({ op: 'glob', field, path, glob: value });
      else bindings.push({ field, path: checkedPath(path, text, start), name });
    }
    conditions.push({ op: 'glob', field: 'kind', glob: field === 'arg' ? 'command' : 'event' });
  }
  return { condition: { op: 'and', of: conditions }, bindings };
}

/** `arg:id=$id` and the like, where it stands for itself. */
function boundTerms(text: string): readonly BoundTerm[] {
  return tokenizeFilter(text).flatMap((token) => {
    if (token.type !== 'term' || token.quoted || !(token.key in pathFields)) return [];
    const [, path, name] = boundTerm.exec(token.text) ?? [];
    if (path === undefined || name === undefined) return [];
    const binding = { field: token.key as PathName, path: checkedPath(path, text, token.valueStart), name };
    return [{ start: token.start, end: token.end, binding }];
  });
}

/** Cuts at each `or`; what is named stands in no parentheses and behind no `not`. */
function alternativesOf(text: string, named: readonly { readonly start: number }[]): [number, number][] {
  const cuts: [number, number][] = [];
  let from = 0;
  let depth = 0;
  let negated = false;
  for (const token of tokenizeFilter(text)) {
    if (token.type === '(') depth += 1;
    else if (token.type === ')') depth -= 1;
    else if (token.type === 'word' && token.text === 'or' && depth === 0) {
      cuts.push([from, token.start]);
      from = token.end;
    }
    const isNot = token.type === 'word' && token.text === 'not';
    const within = named.find(({ start }) => start >= token.start && start <= token.end);
    if (within !== undefined && (depth > 0 || negated)) {
      throw filterFailure(text, within.start, {
        reason: 'a named value in parentheses or behind not',
        remedy: "write it between 'or' alone",
      });
    }
    negated = isNot;
  }
  return [...cuts, [from, text.length]];
}

/** In a rule `cmd:NAME` is the command itself, unless something is asked that only its response has. */
function ofCommands(condition: Condition): Condition {
  if (condition.op === 'or') return { op: 'or', of: condition.of.map(ofCommands) };
  return asksResponse(condition) ? condition : narrowed(condition);
}

function narrowed(condition: Condition): Condition {
  if (condition.op === 'and' || condition.op === 'or')
    return { op: condition.op, of: condition.of.map(narrowed) };
  if (condition.op === 'not') return { op: 'not', of: narrowed(condition.of) };
  if (condition.op !== 'glob' || condition.field !== 'cmd') return condition;
  return { op: 'and', of: [condition, { op: 'glob', field: 'kind', glob: 'command' }] };
}

function asksResponse(condition: Condition): boolean {
  if (condition.op === 'and' || condition.op === 'or') return condition.of.some(asksResponse);
  if (condition.op === 'not') return asksResponse(condition.of);
  if (condition.op === 'compare') return condition.field === 'dur';
  return condition.op === 'glob' && ['kind', 'dir', 'ret', 'class'].includes(condition.field);
}

/** What is not known when a message comes. */
function refuseLater(condition: Condition): Condition {
  if (condition.op === 'and' || condition.op === 'or') condition.of.forEach(refuseLater);
  else if (condition.op === 'not') refuseLater(condition.of);
  else if (condition.op === 'flag' || (condition.op === 'glob' && condition.field === 'note')) {
    const name = condition.op === 'flag' ? condition.field : 'note';
    throw new UsageError(
      {
        reason: `'${name}' is not known when a message comes`,
        remedy: 'a rule may say: then response within 5s',
      },
      { column: 0 },
    );
  }
  return condition;
}

function membersOf(text: string, start: number, field: Call['field']): readonly Member[] {
  const members: Member[] = [];
  let at = start;
  for (const piece of text.match(/(?:"(?:[^"\\]|\\.)*"|[^,"])+/g) ?? []) {
    const place = at + piece.length - piece.trimStart().length;
    const said = piece.trim();
    at += piece.length + 1;
    const equals = /^((?:[^="]|"(?:[^"\\]|\\.)*")*)=(.*)$/s.exec(said);
    const path = equals?.[1]?.trim() ?? (variable.test(said) ? said.slice(1) : '');
    const value = equals?.[2]?.trim() ?? said;
    if (path === '') {
      const example = field === 'arg' ? 'cmd:device_del(id=$id)' : 'event:DEVICE_DELETED(device=$id)';
      throw new UsageError(
        { reason: `'${said}' names no member`, remedy: `write it like ${example}` },
        { column: place },
      );
    }
    members.push({ start: place, path, value: value.replace(/^"((?:[^"\\]|\\.)*)"$/, '$1') });
  }
  return members;
}

function checkedPath(path: string, text: string, start: number): string {
  try {
    parsePath(path);
    return path;
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    throw filterFailure(text, start + (error.column ?? 0), error);
  }
}

function inQuotes(text: string, until: number): boolean {
  return (text.slice(0, until).replace(/\\./g, '').split('"').length - 1) % 2 === 1;
}

function endOfCall(text: string, start: number): number {
  let quoted = false;
  for (let at = start; at < text.length; at++) {
    if (text[at] === '"') quoted = !quoted;
    else if (quoted && text[at] === '\\') at++;
    else if (!quoted && text[at] === ')') return at;
  }
  throw new UsageError({ reason: "a '(' without its ')'" }, { column: start - 1 });
}
