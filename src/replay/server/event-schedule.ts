/**
 * When a replayed server whose client keeps no order sends its events, and closes: each in its time after what
 * caused it, whether the client asks or not.
 *
 * As fast as possible means at once, with one exception: as long as the client does just what was recorded, events
 * come where they were recorded, so that the same client has the same bytes. It is waited for, for a while.
 */
import { inputAfter } from '../match/match.js';
import { type Causes, causesOf } from '../plan/causes.js';
import type { SessionPlan } from '../plan/plan.js';
import { isQuestion } from '../plan/state-changes.js';
import { asap, type Pace, paced } from '../timing/pacing.js';

/** Nanoseconds for which a client is expected to do as recorded. */
const longestWait = 1e9;

/** A step to be sent; the place after the last step means the close. Times are those of the caller's clock. */
export interface Scheduled {
  readonly place: number;
  due: number;
}

export class EventSchedule {
  readonly causes: Causes;
  readonly #plan: SessionPlan;
  readonly #pace: Pace;
  /** Places of what a place causes and has not caused yet, ascending. */
  readonly #causedBy = new Map<number, number[]>();
  /** Ascending by time, then by place. */
  #pending: Scheduled[] = [];
  /** The client's message that is next if it does as recorded. */
  #nextInput: number;
  #isInStep = true;
  /** The client has changed something that was changed after all before this place. */
  #passed = -1;

  constructor(plan: SessionPlan, pace: Pace) {
    this.causes = causesOf(plan);
    this.#plan = plan;
    this.#pace = pace;
    this.#nextInput = inputAfter(plan, -1);
    for (const [place, cause] of this.causes.causeOf) {
      const known = this.#causedBy.get(cause);
      if (known) known.push(place);
      else this.#causedBy.set(cause, [place]);
    }
  }

  /** The client has connected, or its message or a step of the server, which may cause something. */
  happened(place: number, now: number): void {
    const caused = this.#causedBy.get(place) ?? [];
    this.#causedBy.delete(place);
    for (const one of caused) this.#add({ place: one, due: now + this.#wait(one, place) });
  }

  /** The client has sent the recorded message at a place. */
  taken(place: number, now: number): void {
    const message = this.#plan.steps[place]?.message;
    this.#isInStep = place === this.#nextInput;
    this.#nextInput = inputAfter(this.#plan, place);
    // It goes on as if all before had come already.
    if (message && !isQuestion(message)) this.#passed = Math.max(this.#passed, place);
    this.#hurry(now, (event) => event.place < this.#passed);
    if (!this.#isInStep) this.strayed(now);
    else if (this.#pace === asap) this.#hurry(now, (event) => event.place <= this.#nextInput);
    this.happened(place, now);
  }

  /** The client has sent something else than was recorded, or something again. */
  strayed(now: number): void {
    this.#isInStep = false;
    // Who still has questions is not cut off.
    if (this.#pace === asap) this.#hurry(now, ({ place }) => place < this.#plan.steps.length);
  }

  /** The client sends no more: nothing of it is waited for. */
  ended(now: number): void {
    this.strayed(now);
    if (this.#pace === asap) this.#hurry(now, () => true);
  }

  /** What is to be sent first. */
  get first(): Scheduled | undefined {
    return this.#pending[0];
  }

  /** Takes out the first, which is sent now. What it causes is due from when it was due: lateness does not add up. */
  shift(): void {
    const first = this.#pending.shift();
    if (first !== undefined) this.happened(first.place, first.due);
  }

  /** Whether the client is to send something before a place, and may be expected to. */
  #isAwaited(place: number): boolean {
    return this.#isInStep && this.#nextInput < place;
  }

  #wait(place: number, cause: number): number {
    if (place < this.#passed) return 0;
    const { steps, close, session } = this.#plan;
    const end = close === undefined ? 0 : (session.ended ?? 0);
    const gap = Math.max(0, (steps[place]?.message.t ?? end) - (steps[cause]?.message.t ?? 0));
    if (this.#pace !== asap) return paced(gap, this.#pace);
    if (place === steps.length && inputAfter(this.#plan, cause) < place) return gap;
    return this.#isAwaited(place) ? Math.min(gap, longestWait) : 0;
  }

  #add(scheduled: Scheduled): void {
    let at = this.#pending.length;
    while (at > 0 && isBefore(scheduled, this.#pending[at - 1])) at -= 1;
    this.#pending.splice(at, 0, scheduled);
  }

  #hurry(now: number, which: (scheduled: Scheduled) => boolean): void {
    let changed = false;
    for (const scheduled of this.#pending) {
      if (scheduled.due <= now || !which(scheduled)) continue;
      scheduled.due = now;
      changed = true;
    }
    if (changed) this.#pending.sort((a, b) => (isBefore(a, b) ? -1 : 1));
  }
}

function isBefore(one: Scheduled, other: Scheduled | undefined): boolean {
  return other !== undefined && (one.due < other.due || (one.due === other.due && one.place < other.place));
}
