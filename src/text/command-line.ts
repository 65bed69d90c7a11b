/** A command line as text for people, and for a shell: pasted there, it means the same words. */

/** Words that need no quotes are given none. */
export function commandLine(words: readonly string[]): string {
  return words.map(quoted).join(' ');
}

/** One word, in single quotes if a shell would read anything else in it. */
export function quoted(word: string): string {
  return /^[A-Za-z0-9_@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}

/** The words of a line that `commandLine` wrote; undefined where a quote is never closed. */
export function parseCommandLine(line: string): string[] | undefined {
  const words: string[] = [];
  let word: string | undefined;
  for (let at = 0; at < line.length; at++) {
    const unit = line[at] ?? '';
    if (unit === ' ') {
      if (word !== undefined) words.push(word);
      word = undefined;
    } else if (unit === "'") {
      const end = line.indexOf("'", at + 1);
      if (end < 0) return undefined;
      word = (word ?? '') + line.slice(at + 1, end);
      at = end;
    } else if (unit === '\\') {
      word = (word ?? '') + (line[++at] ?? '');
    } else {
      word = (word ?? '') + unit;
    }
  }
  if (word !== undefined) words.push(word);
  return words;
}
