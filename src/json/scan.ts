/**
 * Finds the top-level members of an object without parsing their values, for large answers of which only `id` and
 * `return` matter. Does not validate; `parseJson` does.
 */
import { Lexer, token } from './lexer.js';
import { decodeString } from './string.js';

/** A member's name, and the range of its value's bytes. */
export interface MemberExtent {
  readonly key: string;
  readonly start: number;
  readonly end: number;
}

/** The members in their order; undefined if the bytes are not an object, as far as this shows. */
export function scanMembers(bytes: Uint8Array): readonly MemberExtent[] | undefined {
  const lexer = new Lexer(bytes.length, true);
  let at = 0;
  const advance = () => {
    const found = lexer.next(bytes, at, bytes.length);
    at = lexer.at;
    return found;
  };
  const members: MemberExtent[] = [];
  if (advance() !== token.openBrace) return undefined;
  for (let found = advance(); found !== token.closeBrace; found = advance()) {
    if (members.length > 0) {
      if (found !== token.comma) return undefined;
      found = advance();
    }
    if (found !== token.string) return undefined;
    const key = decodeString(bytes, at - lexer.length, at);
    if (typeof key !== 'string' || advance() !== token.colon) return undefined;
    found = advance();
    const start = at - lexer.length;
    for (let depth = 0; ; found = advance()) {
      if (found === token.openBrace || found === token.openBracket) depth++;
      else if (found === token.closeBrace || found === token.closeBracket) depth--;
      else if (found === token.none || found === token.error) return undefined;
      if (depth < 0) return undefined;
      if (depth === 0) break;
    }
    members.push({ key, start, end: at });
  }
  return members;
}
