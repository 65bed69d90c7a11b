/** The next item of each of several sorted streams, the smallest first. There are as many as streams: hundreds. */

interface Entry<T> {
  readonly key: number;
  readonly item: T;
}

export class Frontier<T> {
  /** The smallest last; of equal ones the first that was put. */
  readonly #entries: Entry<T>[] = [];

  put(key: number, item: T): void {
    let low = 0;
    let high = this.#entries.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#entries[middle]?.key ?? key) > key) low = middle + 1;
      else high = middle;
    }
    this.#entries.splice(low, 0, { key, item });
  }

  /** The item with the smallest key, which is taken out. */
  take(): T | undefined {
    return this.#entries.pop()?.item;
  }
}
