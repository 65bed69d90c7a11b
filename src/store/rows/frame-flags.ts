/**
 * What the columns `flags` and `name` of the table `frame` say by numbers, and which messages are rare:
 * the same for those who write rows, find them and read them.
 */
import type { MessageKind } from '../../recording/message.js';
import type { NewMessage } from '../../recording/ports.js';

/** The number of no name, where one would be expected. */
export const noName = 0;

/**
 * Bits of the column `flags`, which is NULL where there is none: what is rare, and so found by one index.
 * `parts`: the frame goes on in the table `part`. `rare`: of a {@link isRare} kind. `slow`: see {@link slow}.
 */
export const flags = {
  oob: 1,
  injected: 2,
  parts: 4,
  rare: 8,
  pending: 16,
  slow: 32,
  fds: 64,
  problem: 128,
  untimed: 256,
} as const;

/** A response is slow from here, nanoseconds: libvirt's usual ones come within 1 ms. */
export const slow = 10_000_000;

/** Whether few messages are of this kind, in a recording of two peers that understand each other. */
export function isRare(kind: MessageKind): boolean {
  return kind !== 'command' && kind !== 'success' && kind !== 'event';
}

/** Of a message whose exchange has this other half and took so long; NULL for most. */
export function flagsOf(
  message: NewMessage,
  pair: number | undefined,
  latency: number | undefined,
): number | null {
  const { kind, oob, injected, fds, problem, untimed } = message;
  let bits = 0;
  if (oob) bits |= flags.oob;
  if (injected) bits |= flags.injected;
  if (isRare(kind)) bits |= flags.rare;
  if (kind === 'command' && pair === undefined) bits |= flags.pending;
  if (latency !== undefined && latency >= slow) bits |= flags.slow;
  if (fds > 0) bits |= flags.fds;
  if (problem !== undefined) bits |= flags.problem;
  if (untimed === true) bits |= flags.untimed;
  return bits === 0 ? null : bits;
}

/** Kinds that should have a name have a number without one too, so that the index on names finds them all. */
export function numberOfNone(kind: MessageKind): number | null {
  return isRare(kind) && kind !== 'error' ? null : noName;
}
