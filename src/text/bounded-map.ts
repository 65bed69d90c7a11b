/** A map by texts that may come from anybody: beyond so many of them, or so much text, the oldest goes. */

export class OldestOut<V> {
  readonly #entries = new Map<string, V>();
  readonly #most: number;
  readonly #mostUnits: number;
  #units = 0;

  /** `most`: texts. `mostUnits`: UTF-16 units of all of them together. */
  constructor(most: number, mostUnits: number) {
    this.#most = most;
    this.#mostUnits = mostUnits;
  }

  has(text: string): boolean {
    return this.#entries.has(text);
  }

  get(text: string): V | undefined {
    return this.#entries.get(text);
  }

  /** Of a text that is not there yet. */
  add(text: string, value: V): void {
    this.#entries.set(text, value);
    this.#units += text.length;
    for (const oldest of this.#entries.keys()) {
      if (this.#entries.size <= this.#most && this.#units <= this.#mostUnits) return;
      this.#entries.delete(oldest);
      this.#units -= oldest.length;
    }
  }

  /** The oldest first. */
  entries(): Iterable<readonly [text: string, value: V]> {
    return this.#entries;
  }
}
