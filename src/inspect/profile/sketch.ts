/**
 * A mergeable sketch of durations: counts in buckets whose bounds grow by a constant ratio. Merging adds counts, so
 * it is exact, and the order does not matter. (Own code rather than a library: the buckets are the file's format,
 * whole numbers that add up, and sixty lines do.)
 */

/** Bounds of neighbouring buckets: a quantile is at most this much too high, 4 %. */
export const growth = 1.04;
const logGrowth = Math.log(growth);
/** Anything below a microsecond is one; clocks are no finer. */
const least = 1000;
/** The bucket of eleven days: more is in it as well. */
const lastBucket = bucketOf(1e15);

export class LatencySketch {
  #count = 0;
  #max = 0;
  readonly #buckets = new Map<number, number>();

  get count(): number {
    return this.#count;
  }

  /** The longest, exactly; 0 of none. */
  get max(): number {
    return this.#max;
  }

  /** Adds a duration in nanoseconds. */
  add(duration: number): void {
    this.#addTo(Math.min(lastBucket, bucketOf(duration)), 1);
    this.#max = Math.max(this.#max, duration);
  }

  /** Adds all that another has seen. */
  merge(other: LatencySketch): void {
    for (const [bucket, count] of other.#buckets) this.#addTo(bucket, count);
    this.#max = Math.max(this.#max, other.#max);
  }

  /** What this part of all durations does not exceed, in nanoseconds, rounded up to a bucket's bound; 0 of none. */
  quantile(part: number): number {
    let left = Math.ceil(part * this.#count);
    for (const [bucket, count] of this.buckets()) {
      left -= count;
      if (left <= 0) return Math.min(this.#max, boundOf(bucket));
    }
    return this.#max;
  }

  /** Bucket and count, ascending. */
  buckets(): readonly (readonly [bucket: number, count: number])[] {
    return [...this.#buckets].sort(([a], [b]) => a - b);
  }

  /** Of what `buckets` and `max` gave; undefined if they are not that. */
  static of(buckets: unknown, max: unknown): LatencySketch | undefined {
    if (!Array.isArray(buckets) || !isCount(max, Number.MAX_SAFE_INTEGER)) return undefined;
    const sketch = new LatencySketch();
    for (const pair of buckets as readonly unknown[]) {
      if (!Array.isArray(pair)) return undefined;
      const [bucket, count] = pair as readonly unknown[];
      if (!isCount(bucket, lastBucket) || !isCount(count, 1e12)) return undefined;
      sketch.#addTo(bucket, count);
    }
    sketch.#max = max;
    return sketch;
  }

  #addTo(bucket: number, count: number): void {
    this.#buckets.set(bucket, (this.#buckets.get(bucket) ?? 0) + count);
    this.#count += count;
  }
}

function isCount(value: unknown, most: number): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= most;
}

function bucketOf(duration: number): number {
  return Math.max(0, Math.ceil(Math.log(duration / least) / logGrowth)) || 0;
}

function boundOf(bucket: number): number {
  return Math.ceil(least * growth ** bucket);
}
