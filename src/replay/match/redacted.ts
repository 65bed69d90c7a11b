/**
 * A recorded command with redacted values: the original is not known, so any value of the same type matches.
 */
import { parseJson } from '../../json/parse.js';
import { type Path, valueAt } from '../../json/path.js';
import { isNumber, type JsonValue } from '../../json/value.js';
import type { Message } from '../../recording/message.js';
import type { Unstable } from '../../recording/unstable.js';
import { type ClientFrame, matchKey } from './match.js';

/** Whether a command is the recorded one, apart from these redacted places. */
export function sameButFor(
  redacted: readonly Path[],
  frame: ClientFrame,
  { name, raw }: Message,
  unstable: Unstable,
): boolean {
  if (matchKey(frame, unstable, redacted) !== matchKey({ name, bytes: raw }, unstable, redacted))
    return false;
  if (redacted.length === 0) return true;
  const [given, recorded] = [parsed(frame.bytes), parsed(raw)];
  return redacted.every((path) => {
    const value = given && valueAt(given, path);
    const token = recorded && valueAt(recorded, path);
    return typeof token === 'string' ? typeof value === 'string' : isNumber(value);
  });
}

function parsed(bytes: Uint8Array): JsonValue | undefined {
  try {
    return parseJson(bytes);
  } catch {
    return undefined;
  }
}
