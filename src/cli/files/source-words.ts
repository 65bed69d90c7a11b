/** Tells the recordings of a command line from its filter. */
import { isFolder } from './source.js';

/** What a command with a filter was given. */
export interface SourceWords {
  readonly paths: readonly string[];
  readonly filter: string;
}

/** The first word is a source in any case; of the others, names that end in `.qmptap`, and paths of folders. */
export function sourceWords(first: string, words: readonly string[]): SourceWords {
  return {
    paths: [first, ...words.filter(isSource)],
    filter: words.filter((word) => !isSource(word)).join(' '),
  };
}

function isSource(word: string): boolean {
  if (word.endsWith('.qmptap')) return !word.includes(':');
  // `/run/` is a regular expression, though there is a folder of that name.
  return word.includes('/') && !/^\/[^/]*\/$/.test(word) && isFolder(word);
}
