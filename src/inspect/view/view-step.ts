/**
 * How much to read at once so that a person never waits: more where reading is quick (an index serves the
 * filter), less where it is slow.
 */

/** Milliseconds that one step should take: two fit between two frames of a screen. */
const aim = { least: 2, most: 8 };
const bounds = { least: 256, most: 1 << 21 };

export class StepSize {
  /** Messages to look at in the next step. */
  size = 8192;
  readonly #now: () => number;

  /** `now`: milliseconds of any monotonic clock. */
  constructor(now: () => number) {
    this.#now = now;
  }

  /** Does a step and learns from how long it took. */
  take<T>(read: () => T): T {
    const began = this.#now();
    const result = read();
    const took = this.#now() - began;
    if (took < aim.least) this.size = Math.min(bounds.most, this.size * 2);
    else if (took > aim.most) this.size = Math.max(bounds.least, this.size >> 1);
    return result;
  }
}
