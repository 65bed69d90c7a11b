/**
 * When a replayed server sends which step: for each message of the client, the steps that it causes. The place
 * after the last step means that the server closes the connection.
 */
import { inputAfter } from '../match/match.js';
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
 * Each command brings everything that it caused, wherever the client sends it. The order between answers to
 * different commands is not replayed: an answer must not wait for a command that may never come.
 */
export class ContentCues implements Cues {
  readonly #byOrigin = new Map<number, number[]>();
  /** How the connection ends: what was cut off by the close, and the close. */
  readonly #ending: number[] = [];
  /** What the ending waits for: the origin of the last step, and the last message of the client. */
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
