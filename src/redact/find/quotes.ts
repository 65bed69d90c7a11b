/**
 * Quotes in text that may be quoted itself, once or more often: each level of quoting puts a backslash before
 * every quote and every backslash, so a quote of level n has 2ⁿ - 1 backslashes before it.
 */

/** How often the text around is quoted, by the backslashes before a quote that begins a string. */
export function quoteLevel(backslashes: number): number {
  return Math.floor(Math.log2(backslashes + 1));
}

/**
 * Where the string ends that began after a quote with this many backslashes: before the closing quote and its
 * backslashes, or at the end of the text.
 */
export function closingQuote(text: string, from: number, quote: string, backslashes: number): number {
  const level = quoteLevel(backslashes);
  const quotes = quote === '"' ? /(?<!\\)\\*"/g : /(?<!\\)\\*'/g;
  quotes.lastIndex = from;
  for (let found = quotes.exec(text); found !== null; found = quotes.exec(text)) {
    const run = found[0].length - 1;
    if (closesString(run, level)) return found.index + run - Math.min(run, 2 ** level - 1);
  }
  return text.length;
}

/** Whether a quote with this many backslashes before it ends a string of this level, or one around it. */
export function closesString(backslashes: number, level: number): boolean {
  let run = backslashes;
  for (let n = 0; n < level; n++) {
    if (run % 2 === 0) return true; // a quote of a level further out
    run = (run - 1) / 2;
  }
  return run % 2 === 0;
}

/** Whether places of a text, asked for in ascending order, are inside quotes, as far as that can be said. */
export class OpenQuotes {
  readonly #text: string;
  readonly #quotes = /(?<!\\)(\\*)(["'])/g;
  #next: RegExpExecArray | null;
  #double = 0;
  #unescaped = 0;
  #single = 0;

  constructor(text: string) {
    this.#text = text;
    this.#next = this.#quotes.exec(text);
  }

  at(place: number): boolean {
    for (; this.#next !== null && this.#next.index < place; this.#next = this.#quotes.exec(this.#text)) {
      const [, { length } = '', quote] = this.#next;
      if (quote === "'") {
        this.#single += 1;
        continue;
      }
      this.#double += 1;
      if (length % 2 === 0) this.#unescaped += 1;
    }
    return this.#double % 2 === 1 || this.#unescaped % 2 === 1 || this.#single % 2 === 1;
  }
}
