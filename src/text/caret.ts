/** Shows where in a text of the user's an error is. */
import type { UsageError } from '../errors.js';

/**
 * The two lines that go under the error of a filter or a path: the text, and a caret under the character at
 * fault; empty for an error without a place. Control characters stand as spaces, so that the caret is in its
 * place and a terminal stays whole.
 */
export function caretLines({ text, column }: UsageError): string {
  if (text === undefined || column === undefined) return '';
  const before = Array.from(text.slice(0, column)).length;
  return `  ${text.replaceAll(/\p{Cc}/gu, ' ')}\n  ${' '.repeat(before)}^`;
}
