/** A secret that was found in a text, and the edits by which texts lose theirs. */
import type { TokenForm } from '../redaction-token.js';

/** A secret in a text, which the caller replaces. */
export interface FoundSecret {
  readonly text: string;
  /** For a report. */
  readonly what: string;
  /** How the value is encoded; plain text by default. */
  readonly form?: TokenForm | 'number';
  /** The part of it that is secret on its own: the password of `user:password`. */
  readonly core?: string | undefined;
}

/** Gives what stands in a secret's place; the secret itself where it is to stay. */
export type Hide = (secret: FoundSecret) => string;

/** A part of a text that is a secret. */
export interface SecretPart {
  readonly start: number;
  readonly end: number;
  readonly what: string;
  readonly core?: string | undefined;
}

/** The text with its secrets replaced; parts that overlap count as one. */
export function replaceParts(text: string, parts: readonly SecretPart[], hide: Hide): string {
  let out = '';
  let at = 0;
  for (const { start, end, what, core } of merged(parts)) {
    out += text.slice(at, start) + hide({ text: text.slice(start, end), what, core });
    at = end;
  }
  return out + text.slice(at);
}

/** In their order and apart from each other: of several that overlap the first, as long as all of them. */
export function merged<T extends { readonly start: number; readonly end: number }>(parts: readonly T[]): T[] {
  const apart: T[] = [];
  for (const part of [...parts].sort((a, b) => a.start - b.start || b.end - a.end)) {
    const before = apart.at(-1);
    if (before === undefined || part.start >= before.end) apart.push(part);
    else if (part.end > before.end) apart[apart.length - 1] = { ...before, end: part.end };
  }
  return apart;
}
