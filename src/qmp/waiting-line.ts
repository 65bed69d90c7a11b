/**
 * Those who wait, in the order of their coming: anyone may leave, and the first is found at once. A Map
 * alone would do but for a peer that never answers: looking for its first entry passes all that have left.
 */

/** So many of those who have left are passed over without a thought. */
const slack = 32;

/** Numbered by `seq`, ascending. */
export class WaitingLine<T extends { readonly seq: number }> implements Iterable<T> {
  readonly #members = new Map<number, T>();
  /** The members from `#head` on, and of those who have left no more than there are members, and some. */
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
