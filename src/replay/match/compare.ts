/** Compares a message of the server with the recorded one: member by member, without what is declared unstable. */
import { type Difference, differences } from '../../json/difference.js';
import { parseJson } from '../../json/parse.js';
import type { JsonValue } from '../../json/value.js';
import type { Message } from '../../recording/message.js';
import { redactedPaths } from '../../redact/redacted-paths.js';
import { type Unstable, withoutRefusedLine } from '../../recording/unstable.js';
import { wireText } from './wire-text.js';

/** Where the message that came differs from the recorded one. `command` is whose response it is. */
export function compareWithRecorded(
  recorded: Message,
  actual: Uint8Array,
  command: string | undefined,
  unstable: Unstable,
): readonly Difference[] {
  if (sameText(recorded.raw, actual)) return [];
  const [expected, got] = [parsed(recorded.raw), parsed(actual)];
  if (expected === undefined || got === undefined) {
    return [{ path: 'bytes', expected: wireText(recorded.raw), actual: wireText(actual) }];
  }
  const name = recorded.kind === 'event' ? recorded.name : command;
  const ignored = unstable.pathsFor(recorded.kind === 'event' ? 'event' : 'response', name);
  return differences(expected, got, [...ignored, ...redactedPaths(recorded.raw)]);
}

/** Equal but for the white space around; most messages of the same server are. */
export function sameText(a: Uint8Array, b: Uint8Array): boolean {
  const length = Math.min(a.length, b.length);
  for (let at = 0; at < length; at++) if (a[at] !== b[at]) return false;
  return isBlank(a.subarray(length)) && isBlank(b.subarray(length));
}

function isBlank(bytes: Uint8Array): boolean {
  return bytes.every((byte) => byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09);
}

function parsed(bytes: Uint8Array): JsonValue | undefined {
  try {
    return withoutRefusedLine(parseJson(bytes, { nonFinite: true }));
  } catch {
    return undefined;
  }
}
