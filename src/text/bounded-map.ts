/** Bounded map keyed by untrusted strings: beyond a number of keys, or an amount of text, the oldest is evicted. */

export class BoundedMap<V> {
  readonly #entries = new Map<string, V>();
  readonly #most: number;
  readonly #mostUnits: number;
  readonly #onEvict: (key: string) => void;
  #units = 0;

  /** `most`: keys. `mostUnits`: UTF-16 units of all keys together. `onEvict` is told of each that goes. */
  constructor(most: number, mostUnits: number, onEvict: (key: string) => void = () => undefined) {
    this.#most = most;
    this.#mostUnits = mostUnits;
    this.#onEvict = onEvict;
  }

  get size(): number {
    return this.#entries.size;
  }

  has(key: string): boolean {
    return this.#entries.has(key);
  }

  get(key: string): V | undefined {
    return this.#entries.get(key);
  }

  /** Adds a key that is not there yet. */
  add(key: string, value: V): void {
    this.#entries.set(key, value);
    this.#units += key.length;
    for (const oldest of this.#entries.keys()) {
      if (this.#entries.size <= this.#most && this.#units <= this.#mostUnits) return;
      this.#entries.delete(oldest);
      this.#units -= oldest.length;
      this.#onEvict(oldest);
    }
  }
}
