/**
 * Regular expressions over hostile megabytes: an automaton that looks at each character once, so that
 * no pattern and no text can make it explode. States are made when they are first met and kept up to
 * a bound. Means what JavaScript means by the same pattern with the flag `s`, on UTF-16 units.
 */
import { UsageError } from '../errors.js';
import { type CharSet, has, wordChars } from './char-set.js';
import { parseRegex, type Assertion, type RegexNode } from './regex-syntax.js';

/** Tells whether a text holds a match. */
export type TextTest = (text: string) => boolean;

/**
 * Makes a search of a pattern; `ignoreCase` concerns the letters a to z.
 * @throws UsageError with the column in `source`
 */
export function compileRegex(source: string, ignoreCase: boolean): TextTest {
  const machine = new Machine(compile(parseRegex(source, ignoreCase), source));
  return (text) => machine.search(text);
}

/** One step of the automaton: `next` of a `split` are its ways on, in no order that matters. */
type Step =
  | { readonly type: 'set'; readonly set: CharSet; next: number }
  | { readonly type: 'assert'; readonly assertion: Assertion; next: number }
  | { readonly type: 'split'; next: number; other: number }
  | { readonly type: 'match' };

/** More steps than this are refused: repetitions of repetitions multiply, and each character may visit all. */
const maxSteps = 5_000;
/** Numbers kept in states before they are begun anew: some 10 MB. */
const maxKept = 1_000_000;

function compile(node: RegexNode, source: string): readonly Step[] {
  const steps: Step[] = [];
  const add = (step: Step): number => {
    if (steps.length >= maxSteps)
      throw new UsageError(`regular expression '${source}': too large; use fewer repetitions`);
    return steps.push(step) - 1;
  };
  /** Lays the node's steps before `next` and gives the first. */
  const lay = (part: RegexNode, next: number): number => {
    switch (part.type) {
      case 'set':
        return add({ type: 'set', set: part.set, next });
      case 'assert':
        return add({ type: 'assert', assertion: part.assertion, next });
      case 'sequence':
        return part.of.reduceRight((after, item) => lay(item, after), next);
      case 'choice':
        return part.of
          .map((item) => lay(item, next))
          .reduce((other, first) => add({ type: 'split', next: first, other }));
      case 'repeat':
        return layRepeat(part, next);
    }
  };
  const layRepeat = (part: RegexNode & { type: 'repeat' }, next: number): number => {
    let first = next;
    if (part.max === Infinity) {
      const split = { type: 'split' as const, next: 0, other: next };
      first = add(split);
      split.next = lay(part.of, first);
    } else {
      for (let copy = part.min; copy < part.max; copy++) {
        first = add({ type: 'split', next: lay(part.of, first), other: next });
      }
    }
    for (let copy = 0; copy < part.min; copy++) first = lay(part.of, first);
    return first;
  };
  const match = add({ type: 'match' });
  const start = lay(node, match);
  // The search may begin at any character: state 0 of the machine holds the last step again and again.
  add({ type: 'split', next: start, other: start });
  return steps;
}

/** What stands before a place: nothing, a word's character or another. */
type Before = 0 | 1 | 2;

interface State {
  /** The steps waiting before the next character, without the one that begins the search anew. */
  readonly waiting: readonly number[];
  readonly before: Before;
  /** By character class: the state after it, -1 a match, -2 not known yet. */
  readonly next: Int32Array;
}

const isMatch = -1;
const unknown = -2;

class Machine {
  readonly #steps: readonly Step[];
  /** The class of every UTF-16 unit; characters of one class are never told apart. */
  readonly #classOf = new Uint16Array(0x10000);
  /** A unit of each class; the class after the last is the text's end. */
  readonly #example: number[] = [];
  #states: State[] = [];
  #numbers = new Map<string, number>();
  #kept = 0;

  constructor(steps: readonly Step[]) {
    this.#steps = steps;
    const edges = new Set([0]);
    for (const set of [wordChars, ...steps.flatMap((step) => (step.type === 'set' ? [step.set] : []))]) {
      for (const [low, high] of set) edges.add(low).add(high + 1);
    }
    edges.delete(0x10000);
    const sorted = [...edges].sort((a, b) => a - b);
    sorted.forEach((from, index) => {
      this.#example.push(from);
      this.#classOf.fill(index, from, sorted[index + 1] ?? 0x10000);
    });
    this.#forget();
  }

  search(text: string): boolean {
    let state = 0;
    for (let at = 0; at < text.length; at++) {
      const symbol = this.#classOf[text.charCodeAt(at)] ?? 0;
      let next = this.#states[state]?.next[symbol] ?? unknown;
      if (next === unknown) next = this.#explore(state, symbol);
      if (next === isMatch) return true;
      state = next;
    }
    const end = this.#example.length;
    const known = this.#states[state]?.next[end] ?? unknown;
    return (known === unknown ? this.#explore(state, end) : known) === isMatch;
  }

  #forget(): void {
    this.#states = [];
    this.#numbers = new Map();
    this.#kept = 0;
    this.#number([], 0);
  }

  #number(waiting: readonly number[], before: Before): number {
    const key = `${before}:${waiting.join()}`;
    const known = this.#numbers.get(key);
    if (known !== undefined) return known;
    const next = new Int32Array(this.#example.length + 1).fill(unknown);
    const number = this.#states.push({ waiting, before, next }) - 1;
    this.#numbers.set(key, number);
    this.#kept += next.length + 2 * waiting.length;
    return number;
  }

  /** Where a state goes with a class of characters that it has not met. */
  #explore(number: number, symbol: number): number {
    const state = this.#states[number];
    if (state === undefined) return isMatch;
    const unit = this.#example[symbol];
    const after: Before = unit === undefined ? 0 : has(wordChars, unit) ? 1 : 2;
    const reached = new Set<number>();
    const pending = [this.#steps.length - 1, ...state.waiting];
    const waiting = new Set<number>();
    for (let at = pending.pop(); at !== undefined; at = pending.pop()) {
      const step = this.#steps[at];
      if (step === undefined || reached.has(at)) continue;
      reached.add(at);
      if (step.type === 'match') return (state.next[symbol] = isMatch);
      if (step.type === 'split') pending.push(step.next, step.other);
      else if (step.type === 'assert' && holds(step.assertion, state.before, after)) pending.push(step.next);
      else if (step.type === 'set' && unit !== undefined && has(step.set, unit)) waiting.add(step.next);
    }
    if (unit === undefined) return (state.next[symbol] = 0);
    // The row that is filled below may then belong to a forgotten state: nobody comes by it again.
    if (this.#kept > maxKept) this.#forget();
    return (state.next[symbol] = this.#number(
      [...waiting].sort((a, b) => a - b),
      after,
    ));
  }
}

function holds(assertion: Assertion, before: Before, after: Before): boolean {
  switch (assertion) {
    case 'start':
      return before === 0;
    case 'end':
      return after === 0;
    case 'boundary':
      return (before === 1) !== (after === 1);
    case 'inside':
      return (before === 1) === (after === 1);
  }
}
