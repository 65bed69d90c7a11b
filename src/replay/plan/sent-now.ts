/**
 * What the client sent in place of its recorded messages, and what that changes in the recorded responses: ids, and
 * the value of a sync.
 */
import type { Message, MessageRef } from '../../recording/message.js';
import { syncValueOf, withId, withReturn } from './answer.js';
import type { SessionPlan } from './plan.js';

/** A recorded message of the client as it was sent now. */
export interface SentNow {
  /** JSON text; undefined: without an id. */
  readonly id: string | undefined;
}

/** Finds what an earlier session's client sent; undefined: nothing. */
export type Earlier = (message: MessageRef) => SentNow | undefined;

interface Sent extends SentNow {
  /** JSON text: what a `guest-sync` asked to have back. */
  readonly sync: string | undefined;
  readonly t: number;
}

export class SentMessages {
  readonly #plan: SessionPlan;
  readonly #earlier: Earlier | undefined;
  /** By place. */
  readonly #sent = new Map<number, Sent>();

  constructor(plan: SessionPlan, earlier: Earlier | undefined) {
    this.#plan = plan;
    this.#earlier = earlier;
  }

  /** The message at a place has come, with this id. */
  add(place: number, bytes: Uint8Array, id: string | undefined, t: number): void {
    const name = this.#plan.steps[place]?.message.name;
    const sync = name?.startsWith('guest-sync') === true ? syncValueOf(bytes) : undefined;
    this.#sent.set(place, { id, sync, t });
  }

  /** When the message at a place came. */
  timeOf(place: number): number | undefined {
    return this.#sent.get(place)?.t;
  }

  /** By its `seq` in the recording. */
  find(seq: number): SentNow | undefined {
    return this.#sent.get(this.#plan.steps.findIndex(({ message }) => message.seq === seq));
  }

  /** A recorded message of the server, with the id and the sync value of the command as it was sent now. */
  answer({ raw, kind, replyTo, late, id: recorded }: Message, command: number): Uint8Array {
    if (late !== undefined) {
      const sent = this.#earlier?.(late);
      return sent === undefined || sent.id === recorded ? raw : withId(raw, sent.id, recorded);
    }
    const sent = replyTo === undefined ? undefined : this.#sent.get(command);
    if (sent === undefined) return raw;
    const synced = sent.sync !== undefined && kind === 'success' ? withReturn(raw, sent.sync) : raw;
    return sent.id === recorded ? synced : withId(synced, sent.id, recorded);
  }
}
