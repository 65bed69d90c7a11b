/**
 * Finds the bytes of each value of a message, to replace some of them and keep every other byte. The bytes must be
 * valid for `parseJson`.
 */
import { Lexer, token } from './lexer.js';
import type { Step } from './path.js';
import { decodeString } from './string.js';

/** A value that is neither object nor array. */
export interface Extent {
  readonly start: number;
  readonly end: number;
  /** A string's content; undefined for other values. */
  readonly text: string | undefined;
}

/**
 * Visits all values that are neither objects nor arrays, and the members' names, in the order of the bytes. `steps`
 * is valid only during the call.
 */
export function scanValues(
  bytes: Uint8Array,
  visit: (steps: readonly Step[], value: Extent) => void,
  visitName: (name: Extent) => void = () => undefined,
): void {
  const lexer = new Lexer(Infinity, true);
  /** The steps to the value that comes next; of an object, undefined until its key was read. */
  const steps: (Step | undefined)[] = [];
  const objects: boolean[] = [];
  let at = 0;
  for (;;) {
    const found = lexer.next(bytes, at, bytes.length);
    at = lexer.at;
    const inObject = objects.at(-1) === true;
    switch (found) {
      case token.none:
      case token.error:
        return;
      case token.openBrace:
        objects.push(true);
        steps.push(undefined);
        break;
      case token.openBracket:
        objects.push(false);
        steps.push(0);
        break;
      case token.closeBrace:
      case token.closeBracket:
        objects.pop();
        steps.pop();
        if (objects.length === 0) return;
        break;
      case token.comma:
        if (inObject) steps[steps.length - 1] = undefined;
        else steps[steps.length - 1] = Number(steps.at(-1)) + 1;
        break;
      case token.colon:
        break;
      case token.string:
      case token.number:
      case token.keyword:
      case token.oversized: {
        const start = at - lexer.length;
        const decoded = found === token.string ? decodeString(bytes, start, at) : undefined;
        const text = typeof decoded === 'string' ? decoded : undefined;
        if (inObject && steps.at(-1) === undefined) {
          steps[steps.length - 1] = text ?? '';
          visitName({ start, end: at, text });
        } else {
          visit(steps as readonly Step[], { start, end: at, text });
        }
        if (objects.length === 0) return;
      }
    }
  }
}
