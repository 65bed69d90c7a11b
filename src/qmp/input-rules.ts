/**
 * By which rules a server reads its input, from what it says: its greeting's version, or how it words the
 * first message that it refuses.
 */
import type { InputRules } from '../json/framing/input-framer.js';
import { scanMembers } from '../json/scan.js';

type KnownRules = Exclude<InputRules, 'unknown'>;

/** The first version that refuses a message at its first wrong token. */
const eagerSince = [11, 1] as const;

/** Of a greeting's version, such as `11.1.3`; a server without a version is an old one. */
export function rulesOfVersion(version: string | undefined): KnownRules {
  const [major = 0, minor = 0] = (version ?? '').split('.').map(Number);
  return major > eagerSince[0] || (major === eagerSince[0] && minor >= eagerSince[1]) ? 'eager' : 'classic';
}

/** A description is behind `{"class": "GenericError", "desc": "`; what follows may be megabytes of a stray string. */
const prefixBytes = 200;
const refusal =
  /"desc":\s*"(?:(\d+:\d+): )?JSON (parse error, |(?:token size|token count|nesting depth) limit exceeded")/;
const latin1 = new TextDecoder('latin1');

/** What an error response says of the message that it answers and of the server's rules. */
export interface Refusal {
  /** The server's parser refused a message; otherwise the command itself failed. */
  readonly refused: boolean;
  /** Undefined where it does not tell. */
  readonly rules: KnownRules | undefined;
}

/**
 * Reads an error response: `3:1: JSON parse error, …` comes from an eager server, `JSON parse error, …` from
 * a classic one, and what names a limit from either.
 */
export function readRefusal(response: Uint8Array): Refusal {
  const error = scanMembers(response)?.find((member) => member.key === 'error');
  const none: Refusal = { refused: false, rules: undefined };
  if (error === undefined) return none;
  const end = Math.min(error.end, error.start + prefixBytes);
  const found = refusal.exec(latin1.decode(response.subarray(error.start, end)));
  if (found === null) return none;
  const [, place, what] = found;
  if (what !== 'parse error, ') return { refused: true, rules: undefined };
  return { refused: true, rules: place === undefined ? 'classic' : 'eager' };
}
