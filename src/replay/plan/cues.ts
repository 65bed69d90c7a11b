/**
 * When a replayed server sends which step: the causes of a plan turned round. The place after the last
 * step stands for the server's closing of the connection.
 */
import { inputAfter } from '../match/match.js';
import type { SessionPlan } from './plan.js';

export interface Cues {
  /** Places to be sent when the client connects, in order. */
  connected(): number[];
  /** Places to be sent now that the client's message at `place` has come, in order. */
  taken(place: number): number[];
}

/** The recorded order of all that the server sends; what a missing command holds up holds up the rest. */
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

  /** All that has its cause before the next message of the client. */
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
 * Each command brings what goes back to it, wherever the client sends it. What overtook what is not
 * played: an answer held back for a command that may never come would be no answer.
 */
export class ContentCues implements Cues {
  readonly #byOrigin = new Map<number, number[]>();
  /** How the connection ends: what was cut off by the close, and the close. */
  readonly #ending: number[] = [];
  /** What that waits for: the origin of the last step, and the last step that is an origin. */
  readonly #beforeEnding = new Set<number>();

  constructor({ steps, close }: SessionPlan) {
    let lastOrigin = -1;
    for (const [place, { message, origin }] of steps.entries()) {
      lastOrigin = Math.max(lastOrigin, origin);
      if (message.dir === 'c2s') continue;
      const places = this.#byOrigin.get(origin);
      if (message.kind === 'partial') this.#ending.push(place);
      else if (places) places.push(place);
      else this.#byOrigin.set(origin, [place]);
    }
    if (close) this.#ending.push(steps.length);
    this.#beforeEnding.add(lastOrigin).add(steps.at(-1)?.origin ?? -1);
  }

  connected(): number[] {
    return this.taken(-1);
  }

  taken(place: number): number[] {
    const places = this.#byOrigin.get(place) ?? [];
    const ends = this.#beforeEnding.delete(place) && this.#beforeEnding.size === 0;
    return ends ? [...places, ...this.#ending] : places;
  }
}
