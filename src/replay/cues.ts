/**
 * When a replayed server sends which step: the causes of a plan turned round. The place after the last
 * step stands for the server's closing of the connection.
 */
import { inputAfter } from './match.js';
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

/** Each command brings what goes back to it, wherever the client sends it. */
export class ContentCues implements Cues {
  readonly #byOrigin = new Map<number, number[]>();

  constructor({ steps, close }: SessionPlan) {
    for (const [place, { message, origin }] of steps.entries()) {
      if (message.dir === 's2c') this.#add(origin, place);
    }
    if (close) this.#add(steps.at(-1)?.origin ?? -1, steps.length);
  }

  connected(): number[] {
    return this.#byOrigin.get(-1) ?? [];
  }

  taken(place: number): number[] {
    return this.#byOrigin.get(place) ?? [];
  }

  #add(origin: number, place: number): void {
    const places = this.#byOrigin.get(origin);
    if (places) places.push(place);
    else this.#byOrigin.set(origin, [place]);
  }
}
