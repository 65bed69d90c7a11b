/** Tells the recordings of a command line from its filter, in whatever order they stand. */
import { existsSync } from 'node:fs';
import { UsageError } from '../../errors.js';
import { isFolder } from './source.js';

/** What a command with a filter was given. */
export interface SourceWords {
  readonly paths: readonly string[];
  readonly filter: string;
}

/**
 * The first word is a source, unless it is no file and looks like a part of a filter; of the others, names that end in
 * `.qmptap`, and paths of folders.
 * @throws UsageError if there is a filter and no source
 */
export function sourceWords(first: string, words: readonly string[]): SourceWords {
  const all = [first, ...words];
  const isFirst = (place: number): boolean => place === 0 && !isPartOfFilter(first);
  const paths = all.filter((word, place) => isFirst(place) || isSource(word));
  const filter = all.filter((word, place) => !isFirst(place) && !isSource(word)).join(' ');
  if (paths.length > 0) return { paths, filter };
  throw new UsageError({
    subject: filter,
    reason: 'that is a filter, and no recording is given',
    remedy: 'give the recording, or a folder of them, before the filter',
  });
}

/** No file has this name, and terms, expressions, parentheses and quotes begin so. */
function isPartOfFilter(word: string): boolean {
  if (word.endsWith('.qmptap') || isSource(word) || word.includes('\0') || existsSync(word)) return false;
  return /^[a-z][a-z-]*(?:[:=!~]|[<>])|^[!("]|^\/[^/]*\/i?$|^(?:not|pending|marked)$/i.test(word);
}

function isSource(word: string): boolean {
  if (word.endsWith('.qmptap')) return !word.includes(':');
  // `/run/` is a regular expression, though there is a folder of that name.
  return word.includes('/') && !/^\/[^/]*\/$/.test(word) && isFolder(word);
}
