/**
 * What it means that two messages of the client are the same: equal as canonical JSON, members in any order,
 * numbers by value, without ids and ignored paths. Invalid JSON is compared byte for byte.
 */
import { canonicalJson } from '../../json/canonical.js';
import { prune } from '../../json/difference.js';
import { eagerInput } from '../../json/framing/profile.js';
import { Framer } from '../../json/framing/framer.js';
import { parseJson } from '../../json/parse.js';
import type { Path } from '../../json/path.js';
import { isObject, type JsonValue } from '../../json/value.js';
import type { MessageKind } from '../../recording/message.js';
import type { Unstable } from '../../recording/unstable.js';
import type { SessionPlan } from '../plan/plan.js';
import { trimmed } from '../plan/spelling.js';

/** What the client sent: a frame and what it is. `bytes` may be a view that does not last. */
export interface ClientFrame {
  readonly kind: MessageKind;
  readonly name: string | undefined;
  readonly bytes: Uint8Array;
}

/** How the messages of a client find their place in a recording. */
export interface Matching {
  /**
   * The same as `take`, for a frame that is not parsed yet. Undefined if its spelling alone does not decide: then
   * call `take`.
   */
  takeSpelled(bytes: Uint8Array): Match | undefined;
  /** The place of the recorded message that this one is; it is used up by that. */
  take(frame: ClientFrame): Match | undefined;
  /** Places of the client's recorded messages that are not used up, in recorded order. */
  left(): Iterable<number>;
}

export interface Match {
  readonly place: number;
  /** All recorded answers had been given; the last is given again, because that was asked for. */
  readonly repeated: boolean;
}

const latin1 = new TextDecoder('latin1');

/** Two messages of the client are the same exactly if their keys are equal; `unknown` is left out as well. */
export function matchKey(
  frame: Pick<ClientFrame, 'name' | 'bytes'>,
  unstable: Unstable,
  unknown: readonly Path[] = [],
): string {
  let value: JsonValue;
  try {
    value = parseJson(frame.bytes);
  } catch {
    return `bytes ${latin1.decode(trimmed(firstFrame(frame.bytes)))}`;
  }
  return valueKey(value, [...unstable.pathsFor('command', frame.name), ...unknown]);
}

/** The same of a message that was parsed; what is at `ignored` is left out. */
export function valueKey(value: JsonValue, ignored: readonly Path[]): string {
  if (!isObject(value)) return canonicalJson(value);
  const compared = new Map(value);
  compared.delete('id');
  return canonicalJson(prune(compared, ignored));
}

/**
 * What QEMU discarded behind garbage was not known yet when the garbage was answered. Cut by the eager rules: where
 * the server followed the classic ones, what comes behind the first wrong token did not change its answer either.
 */
function firstFrame(bytes: Uint8Array): Uint8Array {
  let first: Uint8Array | undefined;
  const framer = new Framer(eagerInput);
  framer.push(bytes, { frame: (frame) => (first ??= frame.slice()), trailer: () => undefined });
  return first ?? bytes;
}

/** The next message of the client after a place, or the plan's length. One that was cut off is none. */
export function inputAfter({ steps }: SessionPlan, place: number): number {
  for (let next = place + 1; next < steps.length; next++) {
    const message = steps[next]?.message;
    if (message?.dir === 'c2s' && message.kind !== 'partial') return next;
  }
  return steps.length;
}
