/**
 * The eager grammar written a second time, as one would speak it: a parser that is fed a token at a time and
 * says what is wrong with it. Strings are judged by the parser of `src/json`, which has tests of its own.
 */
import { frameProblem } from '../../src/json/parse.js';
import { fromLatin1 } from './frames.js';

class Wrong extends Error {}

type Parsing<T> = Generator<undefined, T, string>;

const isString = (token: string): boolean => /^["']/.test(token);
const isNumber = (token: string): boolean => /^-?[0-9]/.test(token);

/** What is wrong with a string or a word as a value of its own. */
function check(token: string): void {
  const problem = frameProblem(fromLatin1(`[${token}]`));
  if (problem !== undefined) throw new Wrong(problem.replace('JSON parse error, ', ''));
}

/** Two sound keys are the same if an object with both is refused. */
function sameKey(one: string, other: string): boolean {
  return frameProblem(fromLatin1(`{${one}:1,${other}:1}`)) !== undefined;
}

function* value(token: string): Parsing<undefined> {
  if (token === '{') yield* object();
  else if (token === '[') yield* array();
  else if (isString(token) || /^[a-z]/.test(token)) check(token);
  else if (!isNumber(token)) throw new Wrong('expecting value');
  return undefined;
}

function* object(): Parsing<undefined> {
  const keys: string[] = [];
  for (let key = yield; key !== '}' || keys.length > 0; key = yield) {
    if (!isString(key)) throw new Wrong('expecting key');
    check(key);
    if ((yield) !== ':') throw new Wrong("expecting ':'");
    yield* value(yield);
    if (keys.some((known) => sameKey(known, key))) throw new Wrong('duplicate key');
    keys.push(key);
    const next = yield;
    if (next === '}') return undefined;
    if (next !== ',') throw new Wrong("expected ',' or '}'");
  }
  return undefined;
}

function* array(): Parsing<undefined> {
  let first = true;
  for (let element = yield; element !== ']' || !first; element = yield) {
    first = false;
    yield* value(element);
    const next = yield;
    if (next === ']') return undefined;
    if (next !== ',') throw new Wrong("expected ',' or ']'");
  }
  return undefined;
}

/** Takes the tokens of one message; says why it refuses one, after which it is of no use. */
export function referenceParser(): (token: string) => string | undefined {
  const parsing = (function* (): Parsing<undefined> {
    yield* value(yield);
    return undefined;
  })();
  parsing.next();
  return (token) => {
    try {
      parsing.next(token);
      return undefined;
    } catch (error) {
      if (error instanceof Wrong) return error.message;
      throw error;
    }
  };
}
