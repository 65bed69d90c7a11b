/**
 * Splits a line being typed in a shell into words. Removes quotes; runs and expands nothing. The quoting of bash, zsh
 * and fish is similar enough for one function.
 */

/** The quote that is still open at the cursor, if any. */
export type Quote = '' | "'" | '"';

export interface TypedLine {
  /** The words before the last, the program's name first. */
  readonly words: readonly string[];
  /** The word under the cursor, which may be empty. */
  readonly last: string;
  readonly quote: Quote;
  /** The last word contains a variable or a command, whose value only the shell knows. */
  readonly expands: boolean;
}

/** Cuts a line, up to the cursor, into words. */
export function typedLine(line: string): TypedLine {
  const words: string[] = [];
  let word: string | undefined;
  let quote: Quote = '';
  let expands = false;
  for (let i = 0; i < line.length; i++) {
    const char = line.charAt(i);
    if (quote === '' && /\s/.test(char)) {
      if (word !== undefined) words.push(word);
      word = undefined;
      expands = false;
    } else if (char === quote || (quote === '' && (char === "'" || char === '"'))) {
      quote = char === quote ? '' : char === '"' ? '"' : "'";
      word ??= '';
    } else if (char === '\\' && quote !== "'") {
      const next = line.charAt(++i);
      word = (word ?? '') + (quote === '"' && !/["\\$`\n]/.test(next) ? `\\${next}` : next);
    } else {
      expands ||= quote !== "'" && (char === '$' || char === '`');
      word = (word ?? '') + char;
    }
  }
  return { words, last: word ?? '', quote, expands };
}

/** Quotes a word for bash, inside quotes that are open already. */
export function bashWord(text: string, quote: Quote): string {
  if (quote === "'") return text.replaceAll("'", `'\\''`);
  if (quote === '"') return text.replaceAll(/["\\$`]/g, '\\$&');
  return text.replaceAll(/(?!^~\/)[^\w@%+=:,./-]/gu, '\\$&');
}
