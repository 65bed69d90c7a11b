/**
 * Reads a regular expression: JavaScript's syntax, without what cannot be matched in linear time
 * (back references, look-around). Knows nothing of matching.
 */
import { UsageError } from '../errors.js';
import { bothCases, type CharSet, digits, everyUnit, merge, negate, spaces, wordChars } from './char-set.js';

export type Assertion = 'start' | 'end' | 'boundary' | 'inside';

export type RegexNode =
  | { readonly type: 'set'; readonly set: CharSet }
  | { readonly type: 'assert'; readonly assertion: Assertion }
  | { readonly type: 'sequence' | 'choice'; readonly of: readonly RegexNode[] }
  | { readonly type: 'repeat'; readonly of: RegexNode; readonly min: number; readonly max: number };

const classes: Readonly<Record<string, CharSet>> = { d: digits, w: wordChars, s: spaces };
const controls: Readonly<Record<string, number>> = { n: 10, r: 13, t: 9, f: 12, v: 11, 0: 0 };

/** A bound of `{m,n}` above this is refused: each repetition costs a copy. */
const maxRepeat = 1000;
const bounds = /\{(\d+)(,?)(\d*)\}/y;
/** Deeper groups are refused: they are read recursively. */
const maxDepth = 200;

/** @throws UsageError with the column in `source` */
export function parseRegex(source: string, ignoreCase: boolean): RegexNode {
  return new RegexParser(source, ignoreCase).parse();
}

class RegexParser {
  readonly #source: string;
  readonly #ignoreCase: boolean;
  #at = 0;
  #depth = 0;

  constructor(source: string, ignoreCase: boolean) {
    this.#source = source;
    this.#ignoreCase = ignoreCase;
  }

  parse(): RegexNode {
    const node = this.#choice();
    if (this.#at < this.#source.length) this.#fail(this.#at, "a ')' without its '('");
    return node;
  }

  #choice(): RegexNode {
    const of = [this.#sequence()];
    while (this.#take('|')) of.push(this.#sequence());
    return of.length === 1 && of[0] !== undefined ? of[0] : { type: 'choice', of };
  }

  #sequence(): RegexNode {
    const of: RegexNode[] = [];
    for (let next = this.#peek(); next !== '' && next !== '|' && next !== ')'; next = this.#peek()) {
      const start = this.#at;
      const atom = this.#atom();
      of.push(this.#repeated(atom, start));
    }
    return { type: 'sequence', of };
  }

  #atom(): RegexNode {
    const start = this.#at;
    const char = this.#next();
    switch (char) {
      case '^':
        return { type: 'assert', assertion: 'start' };
      case '$':
        return { type: 'assert', assertion: 'end' };
      case '.':
        return { type: 'set', set: everyUnit };
      case '(':
        return this.#group(start);
      case '[':
        return this.#class(start);
      case '\\':
        return this.#escape(start);
      case '*':
      case '+':
      case '?':
        return this.#fail(start, `nothing before '${char}' to repeat`);
      default:
        this.#at = start;
        if (this.#bounds() !== undefined) this.#fail(start, "nothing before '{' to repeat");
        this.#at = start + 1;
        return this.#unit(char.charCodeAt(0));
    }
  }

  #group(start: number): RegexNode {
    if (this.#take('?') && !this.#take(':')) {
      this.#fail(start, 'only (…) and (?:…) are known here: look-around cannot be matched in linear time');
    }
    if (++this.#depth > maxDepth) this.#fail(start, `more than ${maxDepth} groups inside each other`);
    const node = this.#choice();
    this.#depth--;
    if (!this.#take(')')) this.#fail(start, "a '(' without its ')'");
    return node;
  }

  #escape(start: number): RegexNode {
    const char = this.#next();
    if (char === 'b') return { type: 'assert', assertion: 'boundary' };
    if (char === 'B') return { type: 'assert', assertion: 'inside' };
    const set = this.#classEscape(char);
    return set === undefined ? this.#unit(this.#charEscape(char, start)) : { type: 'set', set };
  }

  #classEscape(char: string): CharSet | undefined {
    const set = classes[char.toLowerCase()];
    return set === undefined || char === '' ? undefined : char in classes ? set : negate(set);
  }

  /** The unit that an escape stands for; its letter has been taken. */
  #charEscape(char: string, start: number): number {
    const control = controls[char];
    if (control !== undefined) return control;
    const length = char === 'x' ? 2 : char === 'u' ? 4 : 0;
    if (length > 0) {
      const hex = this.#source.slice(this.#at, this.#at + length);
      if (!/^[0-9a-f]+$/i.test(hex) || hex.length < length)
        this.#fail(start, `\\${char} wants ${length} hex digits`);
      this.#at += length;
      return Number.parseInt(hex, 16);
    }
    if (char === '') this.#fail(start, "a '\\' at the end");
    if (/[1-9]/.test(char)) this.#fail(start, 'a back reference cannot be matched in linear time');
    if (/[a-z0-9]/i.test(char)) this.#fail(start, `'\\${char}' is not known`);
    return char.charCodeAt(0);
  }

  #class(start: number): RegexNode {
    const negated = this.#take('^');
    const ranges: [number, number][] = [];
    while (!this.#take(']')) {
      if (this.#peek() === '') this.#fail(start, "a '[' without its ']'");
      const from = this.#classMember();
      if (
        this.#peek() === '-' &&
        this.#source[this.#at + 1] !== ']' &&
        this.#source[this.#at + 1] !== undefined
      ) {
        const dash = this.#at++;
        const to = this.#classMember();
        if (typeof from !== 'number' || typeof to !== 'number' || from > to) this.#fail(dash, 'not a range');
        ranges.push([from, to]);
      } else if (typeof from === 'number') {
        ranges.push([from, from]);
      } else {
        ranges.push(...from.map(([low, high]): [number, number] => [low, high]));
      }
    }
    const set = merge(this.#ignoreCase ? ranges.flatMap(bothCases) : ranges);
    return { type: 'set', set: negated ? negate(set) : set };
  }

  #classMember(): number | CharSet {
    const start = this.#at;
    const char = this.#next();
    if (char !== '\\') return char.charCodeAt(0);
    const escaped = this.#next();
    if (escaped === 'b') return 8;
    return this.#classEscape(escaped) ?? this.#charEscape(escaped, start);
  }

  #repeated(atom: RegexNode, start: number): RegexNode {
    const mark = this.#at;
    const bounds = this.#quantifier();
    if (bounds === undefined) return atom;
    if (atom.type === 'assert') this.#fail(start, 'nothing here to repeat');
    const [min, max] = bounds;
    if (min > max) this.#fail(mark, 'the bounds are in the wrong order');
    if (min > maxRepeat || (max > maxRepeat && max !== Infinity)) {
      this.#fail(mark, `more than ${maxRepeat} repetitions`);
    }
    // Greedy or not makes no difference to whether there is a match.
    this.#take('?');
    return { type: 'repeat', of: atom, min, max };
  }

  #quantifier(): readonly [number, number] | undefined {
    if (this.#take('*')) return [0, Infinity];
    if (this.#take('+')) return [1, Infinity];
    if (this.#take('?')) return [0, 1];
    return this.#bounds();
  }

  /** `{2}`, `{2,}`, `{2,5}`; any other `{` stands for itself, as in JavaScript. */
  #bounds(): readonly [number, number] | undefined {
    bounds.lastIndex = this.#at;
    const found = bounds.exec(this.#source);
    if (found === null || (found[2] === '' && found[3] !== '')) return undefined;
    this.#at += found[0].length;
    const min = Number(found[1]);
    return [min, found[2] === '' ? min : found[3] === '' ? Infinity : Number(found[3])];
  }

  #unit(unit: number): RegexNode {
    const set: [number, number][] = [[unit, unit]];
    return { type: 'set', set: this.#ignoreCase ? merge(set.flatMap(bothCases)) : set };
  }

  #peek(): string {
    return this.#source[this.#at] ?? '';
  }

  #next(): string {
    return this.#source[this.#at++] ?? '';
  }

  #take(char: string): boolean {
    if (this.#peek() !== char) return false;
    this.#at++;
    return true;
  }

  #fail(column: number, why: string): never {
    throw new UsageError(`regular expression '${this.#source}': ${why}`, {
      text: this.#source,
      column: Math.min(column, this.#source.length),
    });
  }
}
