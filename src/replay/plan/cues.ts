/**
 * When a replayed server sends which step: for each message of the client, the steps that it causes. The place
 * after the last step means that the server closes the connection.
 */
import { inputAfter } from '../match/match.js';
import { isAnswer } from './causes.js';
import type { SessionPlan } from './plan.js';

export interface Cues {
  /** Places to be sent when the client connects, in order. */
  connected(): number[];
  /** Places to be sent now that the client's message at `place` has come, in order. */
  taken(place: number): number[];
}

/** The recorded order of everything that the server sends; a missing command delays all that follows. */
export class StrictCues implements Cues {
  readonly #plan: SessionPlan;
  #next = 0;

  constructor(plan: SessionPlan) {
    this.#plan = plan;
  }

  connected(): number[] {
    return this.#until(inputAfter(this.#plan, -1));
  }

  taken(place: number): number[] {
    return this.#until(inputAfter(this.#plan, place));
  }

  /** Everything caused before the next message of the client. */
  #until(nextInput: number): number[] {
    const { steps, close } = this.#plan;
    const places: number[] = [];
    for (; this.#next < steps.length; this.#next++) {
      const step = steps[this.#next];
      if (step === undefined || step.message.dir === 'c2s') continue;
      if (step.origin >= nextInput) return places;
      places.push(this.#next);
    }
    if (close && this.#next === steps.length && nextInput === steps.length) places.push(this.#next++);
    return places;
  }
}

/**
 * Each command brings its answer, wherever the client sends it. Everything else has its causes (`causes.ts`), and is
 * not waited for.
 */
export class ContentCues implements Cues {
  readonly #answers = new Map<number, number[]>();

  constructor({ steps }: SessionPlan) {
    for (const [place, { cause }] of steps.entries()) {
      if (!isAnswer(steps, place)) continue;
      const places = this.#answers.get(cause);
      if (places) places.push(place);
      else this.#answers.set(cause, [place]);
    }
  }

  connected(): number[] {
    return this.taken(-1);
  }

  taken(place: number): number[] {
    return this.#answers.get(place) ?? [];
  }
}
