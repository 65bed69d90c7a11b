/** Matching in the recorded order: the client's messages come one after the other as recorded, each once. */
import type { Message } from '../../recording/message.js';
import type { Unstable } from '../../recording/unstable.js';
import { redactedPaths } from '../../redact/redacted-paths.js';
import { type ClientFrame, inputAfter, type Match, type Matching } from './match.js';
import type { SessionPlan } from '../plan/plan.js';
import { sameButFor } from './redacted.js';
import { spelledAlike } from '../plan/spelling.js';

export class StrictMatching implements Matching {
  readonly #plan: SessionPlan;
  readonly #unstable: Unstable;
  #next: number;

  constructor(plan: SessionPlan, unstable: Unstable) {
    this.#plan = plan;
    this.#unstable = unstable;
    this.#next = inputAfter(plan, -1);
  }

  takeSpelled(bytes: Uint8Array): Match | undefined {
    const expected = this.#expected();
    return expected?.kind === 'command' && spelledAlike(bytes, expected.raw) ? this.#advance() : undefined;
  }

  take(frame: ClientFrame): Match | undefined {
    const expected = this.#expected();
    return expected !== undefined && this.#same(frame, expected) ? this.#advance() : undefined;
  }

  *left(): Iterable<number> {
    const { length } = this.#plan.steps;
    for (let place = this.#next; place < length; place = inputAfter(this.#plan, place)) yield place;
  }

  #expected(): Message | undefined {
    return this.#plan.steps[this.#next]?.message;
  }

  #advance(): Match {
    const place = this.#next;
    this.#next = inputAfter(this.#plan, place);
    return { place, repeated: false };
  }

  #same(frame: ClientFrame, recorded: Message): boolean {
    if (frame.kind !== recorded.kind || frame.name !== recorded.name) return false;
    return sameButFor(redactedPaths(recorded.raw), frame, recorded, this.#unstable);
  }
}
