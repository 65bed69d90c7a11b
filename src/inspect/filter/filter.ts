/**
 * The filter language: text to a condition. Side by side means and; `or`, `not`, parentheses; the terms are the
 * rows of `recording/fields/fields.ts`; any other word, and what is in quotes, is looked for in the frame's text.
 * Any text gives a condition or a UsageError that points into it.
 */
import { type ErrorAccount, UsageError } from '../../errors.js';
import type { Condition } from '../../recording/condition.js';
import { compileRegex } from '../../text/regex.js';
import { suggestion } from '../../text/closest.js';
import type { Field } from '../../recording/fields/field.js';
import { fields } from '../../recording/fields/fields.js';
import { readTerm, type TermValue, writeItLike } from './term.js';
import { filterFailure, type FilterToken, tokenizeFilter } from './tokens.js';

/** Deeper parentheses and negations are refused: they are read recursively. */
const maxDepth = 100;

/**
 * Reads a filter; an empty one matches every message.
 * @example
 * parseFilter('cmd:block* dur>50ms')
 * @throws UsageError with `text` and the `column` at fault
 */
export function parseFilter(text: string): Condition {
  return new FilterParser(text).parse();
}

class FilterParser {
  readonly #text: string;
  readonly #tokens: readonly FilterToken[];
  #at = 0;
  #depth = 0;

  constructor(text: string) {
    this.#text = text;
    this.#tokens = tokenizeFilter(text);
  }

  parse(): Condition {
    if (this.#tokens.length === 0) return { op: 'all' };
    const condition = this.#either();
    const rest = this.#peek();
    if (rest !== undefined) this.#fail(rest.start, { reason: "a ')' without its '('" });
    return condition;
  }

  #either(): Condition {
    const of = [this.#together()];
    while (this.#takeWord('or')) of.push(this.#together());
    return join('or', of);
  }

  #together(): Condition {
    const of = [this.#single()];
    for (let next = this.#peek(); next !== undefined; next = this.#peek()) {
      if (next.type === ')' || (next.type === 'word' && next.text === 'or')) break;
      this.#takeWord('and');
      of.push(this.#single());
    }
    return join('and', of);
  }

  #single(): Condition {
    const token = this.#tokens[this.#at++];
    if (token === undefined)
      return this.#fail(this.#text.length, { reason: 'something is missing at the end' });
    switch (token.type) {
      case '(':
        return this.#deeper(token, () => this.#parentheses(token));
      case ')':
        return this.#fail(token.start, { reason: "nothing in front of this ')'" });
      case 'text':
        return { op: 'text', text: token.text };
      case 'regex':
        this.#within(token.start + 1, () => compileRegex(token.text, token.ignoreCase));
        return { op: 'regex', source: token.text, ignoreCase: token.ignoreCase };
      case 'term':
        return this.#term(token);
      case 'word':
        return this.#word(token);
    }
  }

  #parentheses(open: FilterToken): Condition {
    const inner = this.#either();
    if (this.#peek() === undefined) this.#fail(open.start, { reason: "a '(' without its ')'" });
    this.#at++;
    return inner;
  }

  #word(token: FilterToken & { type: 'word' }): Condition {
    const { text, start } = token;
    if (text === 'not') return { op: 'not', of: this.#deeper(token, () => this.#single()) };
    if (text === 'or' || text === 'and') {
      this.#fail(start, {
        reason: `'${text}' wants something on both sides`,
        remedy: `"${text}" in quotes looks for the word`,
      });
    }
    this.#refuseJoined(text, start);
    const field = fields.get(text);
    return field?.family === 'flag' ? readTerm(text, field, { is: ':', text: '' }) : { op: 'text', text };
  }

  #term(token: FilterToken & { type: 'term' }): Condition {
    const { key, is, start } = token;
    const field = fields.get(key);
    if (field === undefined) {
      const remedy = suggestion(key, fields.keys()) ?? 'in quotes it is text';
      this.#fail(start, { reason: `no term is called '${key}'`, remedy });
    }
    const at = start + key.length;
    if (field.family === 'flag') this.#fail(at, { reason: `'${key}' stands alone` });
    if (is === '~') {
      const remedy = `${writeItLike(field)}, with * for any text, or /x/ for a regular expression`;
      this.#fail(at, { reason: "there is no '~'", remedy });
    }
    if (is === '!=') {
      const equal = this.#read(field, { ...token, is: field.family === 'number' ? '=' : ':' });
      return { op: 'not', of: equal };
    }
    // Of a text or a path, = can mean nothing else.
    const exact = is === '=' && (field.family === 'text' || field.family === 'path');
    if (field.family !== 'number' && is !== ':' && !exact) this.#fail(at, { reason: writeItLike(field) });
    return this.#read(field, { ...token, is: exact ? ':' : is });
  }

  #read(field: Field, token: FilterToken & { type: 'term' } & { is: TermValue['is'] }): Condition {
    const { key, is, text, quoted, valueStart } = token;
    if (text === '' && !quoted)
      this.#fail(valueStart, { reason: 'a value is missing', remedy: writeItLike(field) });
    if (!quoted) this.#refuseJoined(text, valueStart);
    return this.#within(valueStart, () => readTerm(key, field, { is, text, quoted }), quoted);
  }

  /** `a||b` would be looked for as it stands. */
  #refuseJoined(text: string, start: number): void {
    const at = /&&|\|\|/.exec(text);
    if (at === null || text.includes('"')) return;
    const reason = `white space is missing around '${at[0]}'`;
    this.#fail(start + at.index, { reason, remedy: 'in quotes it is text' });
  }

  #deeper<T>(token: FilterToken, read: () => T): T {
    if (++this.#depth > maxDepth) this.#fail(token.start, { reason: `more than ${maxDepth} levels` });
    const result = read();
    this.#depth--;
    return result;
  }

  /** Lets a part's error point into the whole; into a quoted part only to its beginning. */
  #within<T>(start: number, read: () => T, quoted = false): T {
    try {
      return read();
    } catch (error) {
      if (!(error instanceof UsageError)) throw error;
      return this.#fail(start + (quoted ? 0 : (error.column ?? 0)), error);
    }
  }

  #peek(): FilterToken | undefined {
    return this.#tokens[this.#at];
  }

  #takeWord(word: string): boolean {
    const next = this.#peek();
    if (next?.type !== 'word' || next.text !== word) return false;
    this.#at++;
    return true;
  }

  #fail(column: number, why: ErrorAccount): never {
    throw filterFailure(this.#text, column, why);
  }
}

/** One is itself; what is joined the same way inside becomes part of it. */
function join(op: 'and' | 'or', of: readonly Condition[]): Condition {
  const [first] = of;
  if (of.length === 1 && first !== undefined) return first;
  return { op, of: of.flatMap((item) => (item.op === op ? item.of : [item])) };
}
