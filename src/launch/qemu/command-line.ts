/** A command line as text for people, and for a shell: pasted there, it means the same words. */

/** Words that need no quotes are given none. */
export function commandLine(words: readonly string[]): string {
  return words.map(quoted).join(' ');
}

/** One word, in single quotes if a shell would read anything else in it. */
export function quoted(word: string): string {
  return /^[A-Za-z0-9_@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
