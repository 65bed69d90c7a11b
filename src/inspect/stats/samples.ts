/** Numbers gathered in bulk: exact percentiles, the few greatest, and counts over time. */

/** Measured values, eight bytes each; percentiles are exact. */
export class Samples {
  #values = new Float64Array(8);
  #sorted = true;
  count = 0;
  sum = 0;

  add(value: number): void {
    if (this.count === this.#values.length) {
      const larger = new Float64Array(this.count * 2);
      larger.set(this.#values);
      this.#values = larger;
    }
    this.#values[this.count++] = value;
    this.sum += value;
    this.#sorted = false;
  }

  /** The least value that `share` (0 to 1) of all do not exceed (nearest rank); undefined of none. */
  percentile(share: number): number | undefined {
    if (!this.#sorted) this.#values.subarray(0, this.count).sort();
    this.#sorted = true;
    return this.count === 0 ? undefined : this.#values[Math.max(0, Math.ceil(share * this.count) - 1)];
  }
}

/** The items with the greatest scores, the greatest first; of equals the one that came first. */
export class Greatest<T> {
  readonly #limit: number;
  readonly #kept: { readonly score: number; readonly item: T }[] = [];
  #least = -Infinity;

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** `item` is made only if it is kept. */
  offer(score: number, item: () => T): void {
    if (score <= this.#least) return;
    const place = this.#kept.findIndex((other) => other.score < score);
    this.#kept.splice(place < 0 ? this.#kept.length : place, 0, { score, item: item() });
    if (this.#kept.length > this.#limit) this.#kept.pop();
    if (this.#kept.length === this.#limit) this.#least = this.#kept.at(-1)?.score ?? -Infinity;
  }

  items(): T[] {
    return this.#kept.map(({ item }) => item);
  }
}

/** The axis that timelines share: its buckets grow with the time that they must hold. */
export class TimeAxis {
  /** Nanoseconds in one bucket. */
  width: number;
  readonly buckets: number;
  readonly #lines: Timeline[] = [];

  constructor(buckets: number, width = 1_000_000) {
    this.buckets = buckets;
    this.width = width;
  }

  line(): Timeline {
    const line = new Timeline(this);
    this.#lines.push(line);
    return line;
  }

  /** The bucket of a time since the axis began; a time before it falls into the first. */
  bucket(t: number): number {
    while (t >= this.width * this.buckets) {
      this.width *= 2;
      for (const line of this.#lines) line.halve();
    }
    return Math.max(0, Math.floor(t / this.width));
  }
}

/** Counts over time. */
export class Timeline {
  readonly #axis: TimeAxis;
  readonly #counts: Uint32Array;

  /** Use `TimeAxis.line`. */
  constructor(axis: TimeAxis) {
    this.#axis = axis;
    this.#counts = new Uint32Array(axis.buckets);
  }

  add(t: number): void {
    const bucket = this.#axis.bucket(t);
    this.#counts[bucket] = (this.#counts[bucket] ?? 0) + 1;
  }

  /** Joins buckets in pairs: the axis does this when it grows. */
  halve(): void {
    const counts = this.#counts;
    for (let at = 0; at < counts.length; at++) {
      counts[at] = (counts[2 * at] ?? 0) + (counts[2 * at + 1] ?? 0);
    }
  }

  /** The counts of the first `buckets`. */
  counts(buckets: number): number[] {
    return [...this.#counts.subarray(0, buckets)];
  }
}
