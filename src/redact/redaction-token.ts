/**
 * Tokens that replace secrets. The same secret has the same token within a recording, of the same type as its
 * value. Tokens are numbered in order of appearance, not hashed: a hash of a short password could be reversed.
 */

/** How the value is encoded: base64 stays base64, so that a client can still decode it. */
export type TokenForm = 'text' | 'base64';

/** What stands where a secret of QEMU's arguments was: nothing else is recorded with it, so it has no number. */
export const hiddenSecret = '[secret]';

/** The token for a string. */
export function textToken(number: number, form: TokenForm): string {
  const token = `[redacted:${number}]`;
  return form === 'base64' ? btoa(token) : token;
}

/** The token for a number: an integer that every reader takes exactly, and that no real value is likely to be. */
export function numberToken(number: number): string {
  return `${numberPrefix}${String(number % 1e9).padStart(9, '0')}`;
}

const numberPrefix = '7072510';

/** Base64 of `[redacted`. */
const base64Prefix = 'W3JlZGFjdGVk';

/** Bytes without any of these hold no token. */
export const tokenMarks: readonly string[] = ['[redacted:', base64Prefix, numberPrefix];

/** The numbers of the tokens in a string; of a base64 token the one. */
export function tokensIn(text: string): number[] {
  const plain = text.startsWith(base64Prefix) && text.length < 64 ? decoded(text) : text;
  return Array.from(plain.matchAll(/\[redacted:(\d{1,15})\]/g), ([, number]) => Number(number));
}

/** Whether a string, or a number's text, is a token or holds one: then the original value is unknown. */
export function holdsToken(text: string): boolean {
  return text.startsWith(numberPrefix) ? /^\d{16}$/.test(text) : tokensIn(text).length > 0;
}

function decoded(text: string): string {
  try {
    return atob(text);
  } catch {
    return text;
  }
}
