/**
 * Reads what a rule demands, as it is written:
 *
 *     each PATTERN then PATTERN [within TIME] [unless PATTERN]
 *     each PATTERN always PATTERN until PATTERN
 *     never PATTERN                    always PATTERN [until PATTERN]
 *     at most NUMBER [PATTERN] in flight          sometimes PATTERN
 *
 * After `then`, `until` and `unless` a word alone is the response to the command that began it: `response`,
 * `success`, `error`. Any text gives a demand or a UsageError that points into it.
 */
import { type ErrorAccount, UsageError } from '../../errors.js';
import { count, duration } from '../../recording/fields/units.js';
import { type FilterToken, tokenizeFilter } from '../filter/tokens.js';
import { type Call, parsePattern, takeCalls } from './parse-pattern.js';
import type { Demand, Goal, Pattern } from './rule.js';

/** The words that divide a rule, and which may follow which. */
const followers: Readonly<Record<string, readonly string[]>> = {
  each: ['then', 'always'],
  then: ['within', 'unless'],
  within: ['unless'],
  unless: ['within'],
  never: [],
  always: ['until'],
  until: [],
  sometimes: [],
  'at most': ['in flight'],
  'in flight': [],
};
const begins = ['each', 'never', 'always', 'sometimes', 'at most'];
const remedy = 'write it like: each cmd:device_del($id) then event:DEVICE_DELETED(device=$id) within 10s';
const atMostRemedy = 'write it like: at most 8 in flight';

interface Part {
  readonly word: string;
  /** The part's place behind the word. */
  readonly start: number;
  end: number;
}

/** @throws UsageError with `text` and the `column` at fault */
export function parseDemand(text: string): Demand {
  try {
    const taken = takeCalls(text);
    return new DemandReader(taken.text, taken.calls).read();
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    const { reason, remedy: advice } = error;
    throw new UsageError({ subject: 'rule', reason, remedy: advice }, { text, column: error.column ?? 0 });
  }
}

class DemandReader {
  readonly #text: string;
  readonly #calls: readonly Call[];
  readonly #parts: readonly Part[];

  constructor(text: string, calls: readonly Call[]) {
    this.#text = text;
    this.#calls = calls;
    this.#parts = partsOf(text);
  }

  read(): Demand {
    const word = this.#parts[0]?.word;
    if (word === 'never' || word === 'sometimes') return { form: word, pattern: this.#pattern(word) };
    if (word === 'at most') return this.#atMost();
    return word === 'always' ? this.#always(undefined) : this.#each();
  }

  #each(): Demand {
    const trigger = this.#pattern('each');
    if (this.#part('always') !== undefined) return this.#always(trigger);
    const named = new Set(namesOf(trigger).flat());
    const then = this.#goal('then');
    if (then === undefined) return fail(this.#text.length, { reason: "'then' is missing", remedy });
    const unless = this.#goal('unless');
    for (const [word, goal] of [['then', then], ['unless', unless]] as const) this.#known(word, goal, named); // prettier-ignore
    const within = this.#part('within');
    return {
      form: 'each',
      trigger,
      then,
      within: within === undefined ? undefined : this.#number(within, duration),
      unless,
    };
  }

  #always(after: Pattern | undefined): Demand {
    const pattern = this.#pattern('always');
    const until = this.#goal('until');
    if (after !== undefined && until === undefined) fail(this.#text.length, { reason: "'until' is missing" });
    if (until !== undefined && 'answer' in until && after === undefined)
      fail(this.#part('until')?.start ?? 0, { reason: 'there is no command that it answers' });
    this.#known('always', pattern, new Set());
    this.#known('until', until, new Set(namesOf(after).flat()));
    return { form: 'always', after, pattern, until };
  }

  #atMost(): Demand {
    const part = this.#part('at most');
    if (part === undefined || this.#part('in flight') === undefined)
      return fail(this.#text.length, { reason: "'in flight' is missing", remedy: atMostRemedy });
    const [number] = tokenizeFilter(this.#text.slice(part.start, part.end));
    if (number === undefined)
      return fail(part.start, { reason: 'the number is missing', remedy: atMostRemedy });
    const end = part.start + number.end;
    const most = this.#number({ ...part, end }, count);
    const rest = { ...part, start: end };
    const pattern = this.#isEmpty(rest) ? commands : parsePattern(this.#text, rest, this.#calls);
    return { form: 'at most', most, pattern };
  }

  #pattern(word: string): Pattern {
    const part = this.#part(word);
    if (part === undefined || this.#isEmpty(part))
      return fail(part?.end ?? this.#text.length, { reason: `nothing behind '${word}'`, remedy });
    return parsePattern(this.#text, part, this.#calls);
  }

  #goal(word: string): Goal | undefined {
    const part = this.#part(word);
    if (part === undefined) return undefined;
    const said = this.#text.slice(part.start, part.end).trim();
    if (said === 'response' || said === 'success' || said === 'error') return { answer: said };
    return this.#pattern(word);
  }

  #number(part: Part, unit: typeof count): number {
    const said = this.#text.slice(part.start, part.end);
    const start = part.start + said.length - said.trimStart().length;
    try {
      return unit.parse(said.trim());
    } catch (error) {
      if (!(error instanceof UsageError)) throw error;
      return fail(start + (error.column ?? 0), error);
    }
  }

  #known(word: string, goal: Goal | undefined, named: ReadonlySet<string>): void {
    if (goal === undefined || 'answer' in goal) return;
    const unknown = namesOf(goal)
      .flat()
      .find((name) => !named.has(name));
    if (unknown === undefined) return;
    const column = this.#part(word)?.start ?? 0;
    fail(column, { reason: `$${unknown} has no value there`, remedy: "name it behind 'each'" });
  }

  #part(word: string): Part | undefined {
    return this.#parts.find((part) => part.word === word);
  }

  #isEmpty({ start, end }: Pick<Part, 'start' | 'end'>): boolean {
    return (
      this.#text.slice(start, end).trim() === '' &&
      !this.#calls.some((call) => call.start >= start && call.start < end)
    );
  }
}

const commands: Pattern = {
  alternatives: [{ condition: { op: 'glob', field: 'kind', glob: 'command' }, bindings: [] }],
};

/** What each alternative names or asks for. */
export function namesOf(pattern: Pattern | undefined): readonly (readonly string[])[] {
  return (pattern?.alternatives ?? []).map(({ bindings }) => [...new Set(bindings.map(({ name }) => name))]);
}

function partsOf(text: string): readonly Part[] {
  const tokens = tokenizeFilter(text);
  const parts: Part[] = [];
  let depth = 0;
  for (let at = 0; at < tokens.length; at++) {
    const token = tokens[at];
    if (token === undefined) break;
    if (token.type === '(') depth += 1;
    else if (token.type === ')') depth -= 1;
    const found = depth === 0 ? dividerAt(tokens, at) : undefined;
    if (found === undefined) {
      if (parts.length === 0) {
        const words = begins.map((word) => `'${word}'`).join(', ');
        fail(token.start, { reason: `a rule begins with ${words}`, remedy });
      }
      continue;
    }
    const before = parts.at(-1);
    const allowed = before === undefined ? begins : (followers[before.word] ?? []);
    const twice = parts.some(({ word }) => word === found.word);
    if (twice || !allowed.includes(found.word)) {
      const where = before === undefined ? 'at the beginning' : `behind '${before.word}'`;
      fail(token.start, {
        reason: `'${found.word}' cannot stand ${where}`,
        remedy: `"${found.word}" in quotes is text`,
      });
    }
    if (before !== undefined) before.end = token.start;
    parts.push({ word: found.word, start: found.end, end: text.length });
    at += found.words - 1;
  }
  if (parts.length === 0) fail(0, { reason: 'an empty rule', remedy });
  return parts;
}

/** `at most` and `in flight` are two words; alone, each is text. */
function dividerAt(
  tokens: readonly FilterToken[],
  at: number,
): { readonly word: string; readonly words: number; readonly end: number } | undefined {
  const token = tokens[at];
  if (token?.type !== 'word') return undefined;
  const next = tokens[at + 1];
  if (next?.type === 'word') {
    const both = `${token.text} ${next.text}`;
    if (both in followers) return { word: both, words: 2, end: next.end };
  }
  return Object.hasOwn(followers, token.text) ? { word: token.text, words: 1, end: token.end } : undefined;
}

function fail(column: number, why: ErrorAccount): never {
  throw new UsageError(why, { column });
}
