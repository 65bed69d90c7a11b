/**
 * Regular expressions over hostile megabytes: RE2's automaton (re2js), so that no text makes a pattern explode.
 * JavaScript's syntax and meaning with the flags `s` and `u`, but for look-around and back references, which
 * cannot be matched in linear time, and for `\s`, which is ASCII's white space.
 */
import { RE2JS, RE2JSSyntaxException } from 're2js';
import { UsageError } from '../errors.js';

/** Tells whether a text holds a match. */
export type TextTest = (text: string) => boolean;

/**
 * Makes a search of a pattern.
 * @throws UsageError with the column in `source`
 */
export function compileRegex(source: string, ignoreCase: boolean): TextTest {
  const stray = strayEscape(source);
  if (stray !== undefined) throw refusal(source, stray.column, stray.why);
  try {
    const regex = compile(source, ignoreCase);
    return (text) => regex.test(text);
  } catch (error) {
    if (!(error instanceof RE2JSSyntaxException)) throw error;
    const why = reasons[error.error]?.(error.input ?? '') ?? error.error;
    throw refusal(source, columnOf(error, source), why);
  }
}

function compile(source: string, ignoreCase = false): RE2JS {
  const flags = RE2JS.DOTALL | (ignoreCase ? RE2JS.CASE_INSENSITIVE : 0);
  return RE2JS.compile(RE2JS.translateRegExp(source), flags);
}

function refusal(source: string, column: number, reason: string): UsageError {
  return new UsageError({ subject: `regular expression '${source}'`, reason }, { text: source, column });
}

const linear = 'cannot be matched in linear time';

/** RE2's errors in our words, by its own; each gets the part of the pattern at fault. */
const reasons: Readonly<Record<string, (part: string) => string>> = {
  'unexpected )': () => "a ')' without its '('",
  'missing closing )': () => "a '(' without its ')'",
  'missing closing ]': () => "a '[' without its ']'",
  'missing argument to repetition operator': (part) => `nothing before '${part}' to repeat`,
  'invalid nested repetition operator': (part) =>
    `'${part}' repeats a repetition; put parentheses around the first`,
  'invalid or unsupported Perl syntax': (part) =>
    /^\(\?<?[=!]/.test(part) ? `look-around ${linear}` : `'${part}' is not known`,
  'invalid named capture': (part) =>
    /^\(\?<[=!]/.test(part) ? `look-around ${linear}` : `'${part}' is no name of a group`,
  'invalid escape sequence': (part) =>
    /\d/.test(part) ? `a back reference ${linear}` : `'${part}' is not known`,
  'invalid character class range': (part) => `'${part}' is not a range`,
  'invalid repeat count': (part) =>
    `'${part}': at most 1000 repetitions, those of repetitions multiplied, and the smaller bound first`,
  'trailing backslash at end of expression': () => "a '\\' at the end",
  'expression nests too deeply': () => 'too many groups inside each other',
  'expression is too large': () => 'too large; use fewer repetitions',
};

/** RE2 takes a letter that means nothing for itself, and has some that JavaScript has not. */
function strayEscape(source: string): { readonly column: number; readonly why: string } | undefined {
  const hex = '[0-9a-fA-F]';
  const escapes = new RegExp(
    `\\\\(?:u(?:${hex}{4}|\\{${hex}{1,6}\\})|x${hex}{2}|c[a-zA-Z]|[pP]|[^a-zA-Z]|([a-zA-Z])|$)`,
    'gsu',
  );
  for (const { index: column, 1: letter } of source.matchAll(escapes)) {
    if (letter === undefined || 'bBdDwWsSnrtfv'.includes(letter)) continue;
    const digits = letter === 'u' ? 4 : letter === 'x' ? 2 : 0;
    return {
      column,
      why: digits > 0 ? `\\${letter} wants ${digits} hex digits` : `'\\${letter}' is not known`,
    };
  }
  return undefined;
}

/** In a longer pattern the place is not looked for. */
const longestSearched = 500;

/** RE2 tells the part at fault, not its place. */
function columnOf(found: RE2JSSyntaxException, source: string): number {
  const { error, input } = found;
  if (error.endsWith(')')) return strayParenthesis(source);
  if (input === null) return Math.max(0, source.length - 1);
  if (source.length > longestSearched) return 0;
  // The shortest beginning in which the same is wrong ends with the part at fault.
  for (let end = input.length; end <= source.length; end++) {
    const part = problemOf(source.slice(0, end));
    if (part?.error === error && part.input === input) return Math.max(0, end - input.length);
  }
  return 0;
}

function problemOf(source: string): RE2JSSyntaxException | undefined {
  try {
    compile(source);
    return undefined;
  } catch (error) {
    return error instanceof RE2JSSyntaxException ? error : undefined;
  }
}

/** The place of the parenthesis that has no partner. */
function strayParenthesis(source: string): number {
  const open: number[] = [];
  for (const { 0: found, index } of source.matchAll(/\\.|\[(?:\\.|[^\]\\])*\]?|[()]/gs)) {
    if (found === '(') open.push(index);
    else if (found === ')' && open.pop() === undefined) return index;
  }
  return open.at(-1) ?? 0;
}
