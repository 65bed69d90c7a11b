/**
 * A queue from which any entry can be removed, and whose first entry is found at once. A Map alone would not do: if
 * a peer never answers, finding its first entry walks over all entries removed so far.
 */

/** Removed entries tolerated before the array is compacted. */
const slack = 32;

/** Entries have ascending `seq`. */
export class WaitingLine<T extends { readonly seq: number }> implements Iterable<T> {
  readonly #members = new Map<number, T>();
  /** `seq` of the entries from `#head` on, and of at most as many removed ones, plus `slack`. */
  #order: number[] = [];
  #head = 0;

  get size(): number {
    return this.#members.size;
  }

  add(member: T): void {
    this.#members.set(member.seq, member);
    this.#order.push(member.seq);
  }

  delete(seq: number): void {
    if (!this.#members.delete(seq)) return;
    while (this.#head < this.#order.length && !this.#members.has(this.#order[this.#head] ?? 0))
      this.#head += 1;
    if (this.#order.length <= 2 * this.#members.size + slack) return;
    this.#order = [...this.#members.keys()];
    this.#head = 0;
  }

  first(): T | undefined {
    return this.#members.get(this.#order[this.#head] ?? 0);
  }

  [Symbol.iterator](): Iterator<T> {
    return this.#members.values();
  }
}
