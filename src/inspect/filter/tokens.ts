/** Cuts a filter into tokens with their places: quotes, regular expressions, parentheses, terms. */
import { type ErrorAccount, UsageError } from '../../errors.js';
import type { Comparison } from '../../recording/condition.js';
import { fields } from '../../recording/fields/fields.js';

interface Place {
  readonly start: number;
  readonly end: number;
}

/** How a term's value is compared; `!=` and `~` are for who reads the term to understand or to refuse. */
export type TermIs = Comparison | ':' | '!=' | '~';

export type FilterToken =
  | (Place & { readonly type: '(' | ')' })
  /** A bare word: an operator, a term that stands alone, or text. */
  | (Place & { readonly type: 'word'; readonly text: string })
  | (Place & { readonly type: 'text'; readonly text: string })
  | (Place & { readonly type: 'regex'; readonly text: string; readonly ignoreCase: boolean })
  | (Place & {
      readonly type: 'term';
      readonly key: string;
      readonly is: TermIs;
      readonly text: string;
      readonly quoted: boolean;
      readonly valueStart: number;
    });

/** What a term begins with. Others write `==`, `!=`, and white space around a comparison. */
const termStart = /([A-Za-z][A-Za-z-]*)(\s*(?:[=!<>]=|=~|[<>=~])\s*|:)/y;
/** As we write it: of an unknown key, too, so that a typo is found. */
const ownTerm = /^[a-z][a-z-]*(?::|[<>]=?|=)/;
/** Operators of other languages that mean one of ours. */
const foreign: ReadonlyMap<string, string> = new Map([
  ['!', 'not'],
  ['&&', 'and'],
  ['||', 'or'],
]);
const bareWord = /[^\s()]*/y;

/** The error of a filter, which points at `column` in it; `why` may be the account of an error in a part. */
export function filterFailure(text: string, column: number, why: ErrorAccount): UsageError {
  const reason = why.subject === undefined ? why.reason : `${why.subject}: ${why.reason}`;
  return new UsageError({ subject: 'filter', reason, remedy: why.remedy }, { text, column });
}

/** @throws UsageError on a quote or a regular expression without an end */
export function tokenizeFilter(text: string): readonly FilterToken[] {
  const tokens: FilterToken[] = [];
  for (let at = skipSpace(text, 0); at < text.length; at = skipSpace(text, at)) {
    const token = readToken(text, at);
    tokens.push(token);
    at = token.end;
  }
  return tokens;
}

function readToken(text: string, start: number): FilterToken {
  const char = text[start];
  if (char === '(' || char === ')') return { type: char, start, end: start + 1 };
  if (char === '"') return { type: 'text', start, ...readQuoted(text, start) };
  if (char === '/') return readRegex(text, start);
  const operator = /!|&&|\|\|/y;
  const other = match(operator, text, start)?.[0] ?? '';
  const meant = foreign.get(other);
  if (meant !== undefined) return { type: 'word', text: meant, start, end: start + other.length };
  const term = match(termStart, text, start);
  const key = keyOf(term);
  if (term === undefined || key === undefined) {
    const word = match(bareWord, text, start)?.[0] ?? '';
    return { type: 'word', text: word, start, end: start + word.length };
  }
  const valueStart = start + term[0].length;
  const quoted = text[valueStart] === '"';
  const value = quoted ? readQuoted(text, valueStart) : readValue(text, valueStart);
  const sign = (term[2] ?? '').trim();
  const is = sign === '==' ? '=' : sign === '=~' ? '~' : (sign as TermIs);
  return { type: 'term', key, is, start, valueStart, quoted, ...value };
}

/** A term's key; undefined where it is text: `Note: a > b`. */
function keyOf(term: RegExpExecArray | undefined): string | undefined {
  const [whole = '', key = ''] = term ?? [];
  if (ownTerm.test(whole)) return key;
  const lower = key.toLowerCase();
  return fields.has(lower) ? lower : undefined;
}

const noEnd: ErrorAccount = { reason: 'a quote without its end' };

/** To the next white space or parenthesis outside of quotes, which may stand in a path. */
function readValue(text: string, start: number): { text: string; end: number } {
  let end = start;
  let quoted = false;
  for (; end < text.length; end++) {
    const char = text[end] ?? '';
    if (char === '"') quoted = !quoted;
    else if (quoted && char === '\\') end++;
    else if (!quoted && /[\s()]/.test(char)) break;
  }
  if (quoted) throw filterFailure(text, text.indexOf('"', start), noEnd);
  return { text: text.slice(start, end), end };
}

/** In quotes `\"` is a quote and `\\` a backslash; other backslashes are themselves. */
function readQuoted(text: string, start: number): { text: string; end: number } {
  let value = '';
  for (let at = start + 1; at < text.length; at++) {
    const char = text[at] ?? '';
    const next = text[at + 1] ?? '';
    if (char === '"') {
      endsHere(text, at + 1);
      return { text: value, end: at + 1 };
    }
    if (char === '\\' && (next === '"' || next === '\\')) {
      value += next;
      at++;
    } else {
      value += char;
    }
  }
  throw filterFailure(text, start, noEnd);
}

function readRegex(text: string, start: number): FilterToken {
  const remedy = 'a path as text wants quotes: "/var/lib"';
  let at = start + 1;
  while (at < text.length && text[at] !== '/') at += text[at] === '\\' ? 2 : 1;
  if (at >= text.length)
    throw filterFailure(text, start, { reason: "a regular expression without its second '/'", remedy });
  const ignoreCase = text[at + 1] === 'i';
  const end = at + (ignoreCase ? 2 : 1);
  endsHere(text, end, { reason: "only 'i' may follow a regular expression", remedy });
  return { type: 'regex', text: text.slice(start + 1, at), ignoreCase, start, end };
}

function endsHere(
  text: string,
  at: number,
  why: ErrorAccount = { reason: 'white space is missing here' },
): void {
  if (at < text.length && !/[\s()]/.test(text[at] ?? '')) throw filterFailure(text, at, why);
}

function skipSpace(text: string, at: number): number {
  return at + (match(/\s*/y, text, at)?.[0].length ?? 0);
}

function match(pattern: RegExp, text: string, at: number): RegExpExecArray | undefined {
  pattern.lastIndex = at;
  return pattern.exec(text) ?? undefined;
}
