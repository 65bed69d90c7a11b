/** What is known of one value of a VM: the value, the message that last set it, and what may have changed it since. */
import type { JsonValue } from '../../json/value.js';
import type { MessageRef } from '../../recording/message.js';

/**
 * `asserted`: an answer says so. `implied`: it follows from an accepted command or from an event. `stale`: it was
 * so, and may have changed since.
 */
export const standings = ['asserted', 'implied', 'stale'] as const;
/** How much a value can be relied on. */
export type Standing = (typeof standings)[number];

/** A message that sets or shakes what is known. */
export interface StateCause extends MessageRef {
  /** Its place in the recording. */
  readonly index: number;
  /** Nanoseconds since its session began. */
  readonly t: number;
  /** The event, or the command that was answered. */
  readonly name: string;
}

/** A value, and why it is believed. */
export interface Fact {
  readonly value: JsonValue;
  readonly basis: 'asserted' | 'implied';
  readonly by: StateCause;
  /** It changes without a message, so that it is stale with the next one. */
  readonly changing: boolean;
  /** What may have changed it since. */
  readonly doubt: StateCause | undefined;
}

/** A thing of a VM: a node, a device, a job. Of the run state and the like there is one, without a name. */
export interface Entity {
  readonly name: string;
  /** Its value is false for one that is gone; it is kept, so that an answer that lists it is noticed. */
  readonly exists: Fact;
  readonly values: ReadonlyMap<string, Fact>;
}

/** The moment at which facts are judged. */
export interface Place {
  /** The place of the last message that counts. */
  readonly index: number;
  /** The first message after a time in which nobody was connected. */
  readonly gap: StateCause | undefined;
}

/** Why a fact is stale at a moment: what may have changed it, or `changing`; undefined: it is not. */
export function doubtAt(fact: Fact, { index, gap }: Place): StateCause | 'changing' | undefined {
  if (fact.doubt !== undefined) return fact.doubt;
  if (gap !== undefined && fact.by.index < gap.index) return gap;
  return fact.changing && fact.by.index < index ? 'changing' : undefined;
}

/** How much a fact can be relied on at a moment. */
export function standingAt(fact: Fact, place: Place): Standing {
  return doubtAt(fact, place) === undefined ? fact.basis : 'stale';
}
